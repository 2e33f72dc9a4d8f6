package build.sparrow.reapi.validation;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.OutputSymlink;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an ActionResult must be to be kept in, or served from, the action cache. Clients write
 * outputs where a result says, and some without looking: a result that leads out of the working
 * directory, or through a symlink of its own, would write anywhere.
 *
 * <p>The working directory is not known here, so an output above it, though it may lie within the
 * input root, is refused as well: such a result can be returned to who asked for the action, but
 * not kept. Absolute symlink targets are allowed, as the farm announces; what a Tree holds is not
 * looked at.
 */
public final class ActionResultRules {
  private static final String ROOT = "the working directory";

  private final DigestFunction function;

  private ActionResultRules(DigestFunction function) {
    this.function = function;
  }

  /**
   * Checks paths, symlink targets, digests and inlined contents.
   *
   * @param function of the digests in the result
   * @throws StatusRuntimeException INVALID_ARGUMENT naming the output and what is wrong with it
   */
  public static void check(ActionResult result, DigestFunction function) {
    new ActionResultRules(function).check(result);
  }

  private void check(ActionResult result) {
    checkLayout(result, List.of(result.getOutputSymlinksList()));
    if (result.getOutputFileSymlinksCount() + result.getOutputDirectorySymlinksCount() > 0) {
      checkLayout(
          result,
          List.of(result.getOutputFileSymlinksList(), result.getOutputDirectorySymlinksList()));
    }
    for (OutputFile file : result.getOutputFilesList()) {
      Digest digest = Digest.parse(file.getDigest(), function, "output " + name(file) + " digest");
      checkInlined(file.getContents(), digest, "output " + name(file) + " contents");
    }
    result.getOutputDirectoriesList().forEach(this::checkDigests);
    checkStream(
        result.getStdoutRaw(),
        result.hasStdoutDigest() ? result.getStdoutDigest() : null,
        "stdout");
    checkStream(
        result.getStderrRaw(),
        result.hasStderrDigest() ? result.getStderrDigest() : null,
        "stderr");
  }

  /** Checks the paths of one set of outputs, by themselves and against each other. */
  private static void checkLayout(ActionResult result, List<List<OutputSymlink>> symlinks) {
    Map<String, Boolean> isDirectory = new HashMap<>();
    for (OutputFile file : result.getOutputFilesList()) {
      add(isDirectory, PathRules.resolve("", file.getPath(), "output path", ROOT), false);
    }
    for (OutputDirectory directory : result.getOutputDirectoriesList()) {
      String path = directory.getPath();
      String resolved = path.isEmpty() ? "" : PathRules.resolve("", path, "output path", ROOT);
      add(isDirectory, resolved, true);
    }
    for (List<OutputSymlink> list : symlinks) {
      for (OutputSymlink symlink : list) {
        String path = PathRules.resolve("", symlink.getPath(), "output path", ROOT);
        checkTarget(symlink, path);
        add(isDirectory, path, false);
      }
    }
    isDirectory.keySet().forEach(path -> checkParents(path, isDirectory));
  }

  private static void add(Map<String, Boolean> isDirectory, String path, boolean directory) {
    if (path.isEmpty() && !directory) {
      throw ReapiStatus.invalidArgument(
          "an output that is no directory has the path of the working directory itself");
    }
    if (isDirectory.put(path, directory) != null) {
      throw ReapiStatus.invalidArgument("output path " + PathRules.shown(path) + " occurs twice");
    }
  }

  private static void checkParents(String path, Map<String, Boolean> isDirectory) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      String parent = path.substring(0, end);
      if (Boolean.FALSE.equals(isDirectory.get(parent))) {
        throw ReapiStatus.invalidArgument(
            "output path %s lies beneath output %s, which is not a directory"
                .formatted(PathRules.shown(path), PathRules.shown(parent)));
      }
    }
  }

  private static void checkTarget(OutputSymlink symlink, String path) {
    String target = symlink.getTarget();
    String problem = PathRules.targetProblem(target);
    if (problem == null && !target.startsWith("/")) {
      String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      if (PathRules.normalise(parent, target) == null) {
        problem = "it leaves " + ROOT;
      }
    }
    if (problem != null) {
      throw ReapiStatus.invalidArgument(
          "target %s of output symlink %s is not valid: %s"
              .formatted(PathRules.shown(target), PathRules.shown(symlink.getPath()), problem));
    }
  }

  private void checkDigests(OutputDirectory directory) {
    String name = PathRules.shown(directory.getPath());
    if (!directory.hasTreeDigest() && !directory.hasRootDirectoryDigest()) {
      throw ReapiStatus.invalidArgument(
          "output directory " + name + " has neither tree_digest nor root_directory_digest");
    }
    if (directory.hasTreeDigest()) {
      Digest.parse(directory.getTreeDigest(), function, "output " + name + " tree_digest");
    }
    if (directory.hasRootDirectoryDigest()) {
      Digest.parse(
          directory.getRootDirectoryDigest(),
          function,
          "output " + name + " root_directory_digest");
    }
  }

  private void checkStream(
      ByteString raw, build.bazel.remote.execution.v2.@Nullable Digest proto, String stream) {
    if (proto != null) {
      checkInlined(raw, Digest.parse(proto, function, stream + "_digest"), stream + "_raw");
    }
  }

  private void checkInlined(ByteString inlined, Digest digest, String what) {
    if (!inlined.isEmpty() && !function.digestOf(inlined).equals(digest)) {
      throw ReapiStatus.invalidArgument(
          "%s has %s %s, while %s was given"
              .formatted(what, function, function.digestOf(inlined), digest));
    }
  }

  private static String name(OutputFile file) {
    return PathRules.shown(file.getPath());
  }
}
