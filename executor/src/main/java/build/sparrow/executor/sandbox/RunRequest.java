package build.sparrow.executor.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command and its place.
 *
 * @param root directory with the action's inputs, which the command may change
 * @param workingDirectory where it starts, relative to {@code root}; empty is the root itself
 * @param arguments the program, then its arguments; no NUL in them
 * @param environment all of it; no NUL, and no "=" in names
 * @param timeout from start to being asked to end
 * @param spill existing directory outside of {@code root} for output too long for memory
 */
public record RunRequest(
    Path root,
    String workingDirectory,
    List<String> arguments,
    Map<String, String> environment,
    Duration timeout,
    Path spill) {
  /** Copies the collections. */
  public RunRequest {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** Where the command starts, as a path of the agent's. */
  Path startDirectory() {
    return root.resolve(workingDirectory);
  }
}
