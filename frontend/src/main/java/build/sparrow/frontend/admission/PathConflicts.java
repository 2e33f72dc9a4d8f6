package build.sparrow.frontend.admission;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether the places that a command names can be made in its input tree. Symlinks in the way are
 * the executor's to judge, and so are directories that are not at hand.
 */
final class PathConflicts {
  private final Function<Digest, @Nullable DirectoryNames> names;

  /** Takes where to look directories up; null for one that is not at hand. */
  PathConflicts(Function<Digest, @Nullable DirectoryNames> names) {
    this.names = names;
  }

  /** What stands at a path. */
  private enum Found {
    NOTHING_KNOWN,
    DIRECTORY,
    FILE,
    BENEATH_FILE
  }

  /**
   * Checks all places of a command.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the path and what is in its way
   */
  void check(Digest root, CommandPaths paths) {
    switch (find(root, paths.workingDirectory())) {
      case FILE, BENEATH_FILE ->
          throw ReapiStatus.invalidArgument(
              "working directory %s is, or lies beneath, a file of the input root"
                  .formatted(ReapiStatus.quote(paths.workingDirectory())));
      case NOTHING_KNOWN, DIRECTORY -> {}
    }
    for (CommandPaths.Output output : paths.outputs()) {
      switch (find(root, output.path())) {
        case BENEATH_FILE ->
            throw ReapiStatus.invalidArgument(
                "output path %s lies beneath a file of the input root"
                    .formatted(ReapiStatus.quote(output.asked())));
        case DIRECTORY -> {
          if (output.kind() == CommandPaths.Kind.FILE) {
            throw ReapiStatus.invalidArgument(
                "output file %s is a directory of the input root"
                    .formatted(ReapiStatus.quote(output.asked())));
          }
        }
        case FILE -> {
          if (output.kind() == CommandPaths.Kind.DIRECTORY) {
            throw ReapiStatus.invalidArgument(
                "output directory %s is a file of the input root"
                    .formatted(ReapiStatus.quote(output.asked())));
          }
        }
        case NOTHING_KNOWN -> {}
      }
    }
  }

  private Found find(Digest root, String path) {
    if (path.isEmpty()) {
      return Found.DIRECTORY;
    }
    DirectoryNames directory = names.apply(root);
    int start = 0;
    while (directory != null) {
      int slash = path.indexOf('/', start);
      String name = slash < 0 ? path.substring(start) : path.substring(start, slash);
      if (directory.hasFile(name)) {
        return slash < 0 ? Found.FILE : Found.BENEATH_FILE;
      }
      Digest child = directory.child(name);
      if (child == null) {
        return Found.NOTHING_KNOWN;
      }
      if (slash < 0) {
        return Found.DIRECTORY;
      }
      directory = names.apply(child);
      start = slash + 1;
    }
    return Found.NOTHING_KNOWN;
  }
}
