package build.sparrow.scheduling;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of labels: what an action asks for, or what an executor has; a name may come with several
 * values. {@link PropertyRules} say what they mean.
 *
 * @param labels sorted, each once
 */
public record Platform(List<Label> labels) {
  /** Asks for nothing: every executor will do. */
  public static final Platform ANY = new Platform(List.of());

  public Platform {
    labels = labels.stream().sorted().distinct().toList();
  }

  public static Platform of(Label... labels) {
    return new Platform(Arrays.asList(labels));
  }

  public static Platform of(Collection<Label> labels) {
    return new Platform(List.copyOf(labels));
  }

  /** The values that this platform has under a name, in order; empty if it knows no such name. */
  public List<String> values(String name) {
    return labels.stream().filter(label -> label.name().equals(name)).map(Label::value).toList();
  }

  /** As people write it: {@code OSFamily=linux,cpu=x86_64}; empty for a platform without labels. */
  @Override
  public String toString() {
    return labels.stream().map(Label::toString).collect(Collectors.joining(","));
  }
}
