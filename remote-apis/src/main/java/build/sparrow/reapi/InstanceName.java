package build.sparrow.reapi;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The farm's instance that a request is for: segments separated by slashes, or empty.
 *
 * @param value at most {@value #MAX_LENGTH} characters; no empty segment, none that is a keyword of
 *     resource names, no control character
 */
public record InstanceName(String value) {
  /** The empty instance name, which most clients send. */
  public static final InstanceName ROOT = new InstanceName("");

  static final int MAX_LENGTH = 255;

  private static final Set<String> KEYWORDS =
      Set.of(
          "blobs",
          "uploads",
          "actions",
          "actionResults",
          "operations",
          "capabilities",
          "compressed-blobs");

  /** Throws IllegalArgumentException naming what is wrong. */
  public InstanceName {
    String problem = problem(value);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * Checks the {@code instance_name} that a client sent.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming field and value
   */
  public static InstanceName parse(String value) {
    if (value.isEmpty()) {
      return ROOT;
    }
    String problem = problem(value);
    if (problem != null) {
      throw ReapiStatus.invalidArgument(problem);
    }
    return new InstanceName(value);
  }

  static boolean isKeyword(String segment) {
    return KEYWORDS.contains(segment);
  }

  static @Nullable String problem(String value) {
    if (value.isEmpty()) {
      return null;
    }
    if (value.length() > MAX_LENGTH) {
      return "instance_name is %s: it has %d characters, at most %d are allowed"
          .formatted(ReapiStatus.quote(value), value.length(), MAX_LENGTH);
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      return "instance_name is %s: control characters are not allowed"
          .formatted(ReapiStatus.quote(value));
    }
    for (String segment : value.split("/", -1)) {
      if (segment.isEmpty()) {
        return "instance_name is %s: it has an empty segment; give segments separated by single slashes"
            .formatted(ReapiStatus.quote(value));
      }
      if (isKeyword(segment)) {
        return "instance_name is %s: the segment \"%s\" is a keyword of resource names"
            .formatted(ReapiStatus.quote(value), segment);
      }
    }
    return null;
  }

  /** What stands before a resource name: empty for {@link #ROOT}, else with a closing slash. */
  String prefix() {
    return value.isEmpty() ? "" : value + "/";
  }

  @Override
  public String toString() {
    return value;
  }
}
