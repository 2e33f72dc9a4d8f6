package build.sparrow.executor;

import java.nio.file.Path;
import java.util.List;

/** How a pool isolates its actions. */
public sealed interface SandboxConfig {
  /**
   * In bubblewrap; an executor that cannot run it refuses to start.
   *
   * @param rootDirectory becomes the action's root, read-only: the toolchain
   * @param hiddenDirectories beneath that root which actions must not see, such as the data of
   *     other processes of the farm; the executor's own work directory is hidden anyway
   */
  record Bubblewrap(Path rootDirectory, List<Path> hiddenDirectories) implements SandboxConfig {
    /** Copies the list. */
    public Bubblewrap {
      hiddenDirectories = List.copyOf(hiddenDirectories);
    }

    /** With nothing to hide. */
    public Bubblewrap(Path rootDirectory) {
      this(rootDirectory, List.of());
    }
  }

  /** Not at all: actions can do whatever the executor can. */
  record None() implements SandboxConfig {}
}
