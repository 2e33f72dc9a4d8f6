package build.sparrow.executor;

import java.nio.file.Path;
import java.util.List;

/** How a pool isolates its actions. */
public sealed interface SandboxConfig {
  /**
   * What an executor with it has proven once it has started, as people and the operator read it.
   */
  String isolationLevel();

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

    @Override
    public String isolationLevel() {
      return "Full";
    }
  }

  /** Not at all: actions can do whatever the executor can. */
  record None() implements SandboxConfig {
    @Override
    public String isolationLevel() {
      return "None";
    }
  }
}
