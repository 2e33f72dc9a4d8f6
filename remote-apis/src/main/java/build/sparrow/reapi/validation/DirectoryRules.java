package build.sparrow.reapi.validation;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.NodeProperties;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.Utf8Order;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.function.Function;

/** The canonical form of a Directory, without which equal trees would not have equal digests. */
public final class DirectoryRules {
  private final String directory;
  private final DigestFunction function;

  private DirectoryRules(Digest digest, DigestFunction function) {
    this.directory = "directory " + digest + ": ";
    this.function = function;
  }

  /**
   * Checks one directory, not what is beneath it: valid names, each list sorted by UTF-8 bytes, no
   * name twice in all three lists, valid digests, symlinks with a target.
   *
   * @param digest of the directory, for messages
   * @param function of the digests in it
   * @throws StatusRuntimeException INVALID_ARGUMENT naming directory, entry (from 1) and rule
   */
  public static void check(Digest digest, DigestFunction function, Directory directory) {
    new DirectoryRules(digest, function).check(directory);
  }

  /**
   * Checks that no symlink of a directory leads out of the tree, for pools that demand it. Targets
   * are followed as text: "a/.." is taken for nothing, whatever a may be.
   *
   * @param digest of the directory, for messages
   * @param path of the directory from the root of the tree; empty is the root itself
   * @throws StatusRuntimeException INVALID_ARGUMENT naming directory, symlink and target
   */
  public static void checkSymlinksStayInside(Digest digest, Directory directory, String path) {
    for (var link : directory.getSymlinksList()) {
      String target = link.getTarget();
      if (target.startsWith("/") || PathRules.normalise(path, target) == null) {
        throw ReapiStatus.invalidArgument(
            "directory %s: target %s of symlink %s leaves the input root"
                .formatted(digest, PathRules.shown(target), PathRules.shown(link.getName())));
      }
    }
  }

  private void check(Directory proto) {
    checkNames(proto.getFilesList(), build.bazel.remote.execution.v2.FileNode::getName, "files");
    checkNames(
        proto.getDirectoriesList(),
        build.bazel.remote.execution.v2.DirectoryNode::getName,
        "directories");
    checkNames(
        proto.getSymlinksList(), build.bazel.remote.execution.v2.SymlinkNode::getName, "symlinks");
    checkNoNameTwice(proto);
    for (var file : proto.getFilesList()) {
      parseDigest(file.getDigest(), "file", file.getName());
      checkProperties(file.getNodeProperties(), file.getName());
    }
    for (var child : proto.getDirectoriesList()) {
      parseDigest(child.getDigest(), "directory", child.getName());
    }
    for (var link : proto.getSymlinksList()) {
      String problem = PathRules.targetProblem(link.getTarget());
      if (problem != null) {
        throw problem(
            "target %s of symlink %s is not valid: %s"
                .formatted(
                    PathRules.shown(link.getTarget()), PathRules.shown(link.getName()), problem));
      }
      checkProperties(link.getNodeProperties(), link.getName());
    }
    checkProperties(proto.getNodeProperties(), ".");
  }

  private <T> void checkNames(List<T> nodes, Function<T, String> nameOf, String list) {
    String previous = "";
    for (int i = 0; i < nodes.size(); i++) {
      String name = nameOf.apply(nodes.get(i));
      String wrong = PathRules.fileNameProblem(name);
      if (wrong != null) {
        throw problem(
            "%s entry %d name %s is not a valid file name: %s"
                .formatted(list, i + 1, PathRules.shown(name), wrong));
      }
      int order = Utf8Order.INSTANCE.compare(previous, name);
      if (order == 0) {
        throw twice(name);
      }
      if (order > 0) {
        throw problem(
            "%s entry %d name %s stands after %s: names must be sorted by their UTF-8 bytes"
                .formatted(list, i + 1, PathRules.shown(name), PathRules.shown(previous)));
      }
      previous = name;
    }
  }

  /** Merges the three lists, each of them sorted and without a name twice. */
  private void checkNoNameTwice(Directory proto) {
    int file = 0;
    int child = 0;
    int link = 0;
    String previous = "";
    while (true) {
      String fileName = file < proto.getFilesCount() ? proto.getFiles(file).getName() : "";
      String childName =
          child < proto.getDirectoriesCount() ? proto.getDirectories(child).getName() : "";
      String linkName = link < proto.getSymlinksCount() ? proto.getSymlinks(link).getName() : "";
      String least = least(least(fileName, childName), linkName);
      if (least.isEmpty()) {
        return;
      }
      if (least.equals(previous)) {
        throw twice(least);
      }
      previous = least;
      if (least.equals(fileName)) {
        file++;
      } else if (least.equals(childName)) {
        child++;
      } else {
        link++;
      }
    }
  }

  /** The lesser of two names; empty stands for the end of a list. */
  private static String least(String left, String right) {
    if (left.isEmpty() || right.isEmpty()) {
      return left.isEmpty() ? right : left;
    }
    return Utf8Order.INSTANCE.compare(left, right) <= 0 ? left : right;
  }

  private void parseDigest(
      build.bazel.remote.execution.v2.Digest digest, String kind, String name) {
    Digest.parse(digest, function, directory + kind + " " + PathRules.shown(name) + " digest");
  }

  private void checkProperties(NodeProperties properties, String name) {
    String previous = "";
    for (var property : properties.getPropertiesList()) {
      if (Utf8Order.INSTANCE.compare(previous, property.getName()) > 0) {
        throw problem(
            "node property %s of %s stands after %s: properties must be sorted by name"
                .formatted(
                    PathRules.shown(property.getName()),
                    PathRules.shown(name),
                    PathRules.shown(previous)));
      }
      previous = property.getName();
    }
  }

  private StatusRuntimeException twice(String name) {
    return problem("name " + PathRules.shown(name) + " occurs twice");
  }

  private StatusRuntimeException problem(String what) {
    return ReapiStatus.invalidArgument(directory + what);
  }
}
