package build.sparrow.scheduling;

import java.util.Comparator;

/** One platform property: {@code OSFamily=linux}. */
public record Label(String name, String value) implements Comparable<Label> {
  private static final Comparator<Label> ORDER =
      Comparator.comparing(Label::name).thenComparing(Label::value);

  public Label {
    Checks.notBlank("name of a platform label", name);
  }

  @Override
  public int compareTo(Label other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return name + "=" + value;
  }
}
