package build.sparrow.service;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Thrown for a configuration with mistakes; holds all of them, in the order of the lines. */
public final class InvalidConfigurationException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Mistake> mistakes;

  /**
   * One mistake.
   *
   * @param path where, as {@code spec.executorPools[0].slots}; empty for the document itself
   * @param line where in the source, from 1
   * @param value what stands there, null if nothing does
   * @param reason what is wrong and what to write instead
   * @param nearestKey for an unknown key: the valid one that it resembles most, if any does
   */
  public record Mistake(
      String path, int line, @Nullable String value, String reason, @Nullable String nearestKey) {
    /**
     * As {@code line 7: spec.executorPools[0].slotss (value 4): unknown key; did you mean slots?}
     */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("line ").append(line).append(": ");
      if (!path.isEmpty()) {
        text.append(path).append(' ');
      }
      if (value != null) {
        text.append("(value ").append(value).append(')');
      }
      if (!path.isEmpty() || value != null) {
        text.setLength(text.toString().stripTrailing().length());
        text.append(": ");
      }
      text.append(reason);
      if (nearestKey != null) {
        text.append("; did you mean ").append(nearestKey).append('?');
      }
      return text.toString();
    }
  }

  InvalidConfigurationException(String source, List<Mistake> mistakes) {
    super(
        mistakes.stream()
            .map(mistake -> "\n  " + mistake)
            .collect(
                Collectors.joining(
                    "",
                    "%s has %d %s:"
                        .formatted(
                            source, mistakes.size(), mistakes.size() == 1 ? "mistake" : "mistakes"),
                    "")));
    this.mistakes = List.copyOf(mistakes);
  }

  /** All mistakes, at least one. */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
