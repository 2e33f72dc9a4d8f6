package build.sparrow.e2e.bazel;

import java.util.List;

/**
 * How a Bazel command ended.
 *
 * @param exitCode 0 success, 1 build failed, 3 tests failed, 8 interrupted
 * @param output what it wrote, both streams
 * @param calls the calls that it made to the farm
 */
public record BazelResult(int exitCode, String output, GrpcLog calls) {

  /**
   * Itself, if the command succeeded.
   *
   * @throws AssertionError with the output, if it did not
   */
  public BazelResult succeeded() {
    return endedWith(0);
  }

  /**
   * Itself, if the command ended with this exit code.
   *
   * @throws AssertionError with the output, if it did not
   */
  public BazelResult endedWith(int expected) {
    if (exitCode != expected) {
      throw new AssertionError(
          "Bazel ended with exit code %d instead of %d:%n%s".formatted(exitCode, expected, output));
    }
    return this;
  }

  /** How the actions were run. */
  public Processes processes() {
    return Processes.parse(output);
  }

  /** What Bazel warned of, without what Debian's build of it says every time. */
  public List<String> warnings() {
    return output
        .lines()
        .filter(line -> line.contains("WARNING") || line.contains("ERROR"))
        .filter(line -> !line.contains("'host_javabase' is deprecated"))
        // A test changes it between two builds, so that the second finds nothing in the cache.
        .filter(line -> !line.contains("Build option --action_env has changed"))
        .toList();
  }
}
