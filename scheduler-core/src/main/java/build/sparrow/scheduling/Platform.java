package build.sparrow.scheduling;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A set of labels: what an action asks for, or what an executor has. An executor can run an action
 * whose labels are a subset of its own; a name may come with several values.
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

  /** Whether an executor with these labels can run an action that asks for {@code wanted}. */
  public boolean offers(Platform wanted) {
    return lacking(wanted).isEmpty();
  }

  /** The labels of {@code wanted} that this platform has not, in order. */
  public List<Label> lacking(Platform wanted) {
    Set<Label> own = new HashSet<>(labels);
    return wanted.labels.stream().filter(label -> !own.contains(label)).toList();
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
