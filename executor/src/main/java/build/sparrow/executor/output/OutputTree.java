package build.sparrow.executor.output;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Utf8Order;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.TreeMap;

/** One output directory as messages; each different directory in it once. */
final class OutputTree {
  private static final int MAX_DEPTH = 256;
  private static final char UNDECODABLE = '\uFFFD';

  private final OutputFiles files;
  private final OutputLimits limits;
  private final String path;

  /** Children before their parents. */
  private final SequencedMap<Digest, Directory> directories = new LinkedHashMap<>();

  private int entries;

  /** {@code path} of the directory is from the action's directory. */
  OutputTree(OutputFiles files, OutputLimits limits, String path) {
    this.files = files;
    this.limits = limits;
    this.path = path;
  }

  /**
   * Takes all that is in a directory.
   *
   * @return digest of its message
   */
  Digest take(SecureDirectoryStream<Path> root) throws IOException, OutputException {
    return take(root, path.isEmpty() ? "" : path + "/", 0);
  }

  private Digest take(SecureDirectoryStream<Path> stream, String prefix, int depth)
      throws IOException, OutputException {
    if (depth > MAX_DEPTH) {
      throw new OutputException(
          "output '%s' is more than %d levels deep".formatted(path, MAX_DEPTH));
    }
    Directory.Builder directory = Directory.newBuilder();
    for (Map.Entry<String, Path> entry : list(stream, prefix).entrySet()) {
      String name = entry.getKey();
      String child = prefix + name;
      PosixFileAttributes attributes = ActionDirectory.attributes(stream, entry.getValue());
      if (attributes == null) {
        continue;
      }
      if (attributes.isRegularFile()) {
        OutputFiles.Taken taken = files.take(stream, entry.getValue(), child, attributes);
        directory
            .addFilesBuilder()
            .setName(name)
            .setDigest(taken.digest().toProto())
            .setIsExecutable(taken.isExecutable());
      } else if (attributes.isDirectory()) {
        try (SecureDirectoryStream<Path> below =
            stream.newDirectoryStream(entry.getValue(), LinkOption.NOFOLLOW_LINKS)) {
          Digest digest = take(below, child + "/", depth + 1);
          directory.addDirectoriesBuilder().setName(name).setDigest(digest.toProto());
        }
      } else if (attributes.isSymbolicLink()) {
        directory.addSymlinksBuilder().setName(name).setTarget(files.symlinkTarget(child));
      } else {
        throw files.notTakeable(child);
      }
    }
    Directory message = directory.build();
    Digest digest = files.function().digestOf(message.toByteString());
    directories.putIfAbsent(digest, message);
    return digest;
  }

  /** The names in a directory, in the order in which its message has them. */
  private Map<String, Path> list(SecureDirectoryStream<Path> stream, String prefix)
      throws IOException, OutputException {
    Map<String, Path> names = new TreeMap<>(Utf8Order.INSTANCE);
    try {
      for (Path entry : stream) {
        Path file = Objects.requireNonNull(entry.getFileName());
        String name = file.toString();
        if (name.indexOf(UNDECODABLE) >= 0) {
          throw new OutputException(
              "output '%s%s': the file name is not valid UTF-8 (or the executor runs in a locale without UTF-8)"
                  .formatted(prefix, name));
        }
        names.put(name, file);
        if (++entries > limits.maxEntries()) {
          throw new OutputException(
              "output '%s' has more than %d entries".formatted(path, limits.maxEntries()));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** The directory and all beneath it in one message, parents before children. */
  Tree toTree() {
    Tree.Builder tree = Tree.newBuilder();
    var parentsFirst = directories.reversed().values().iterator();
    tree.setRoot(parentsFirst.next());
    parentsFirst.forEachRemaining(tree::addChildren);
    return tree.build();
  }

  /** Each directory as a blob of its own. */
  void addDirectoriesTo(OutputUploads uploads) throws IOException {
    for (Directory directory : directories.values()) {
      ByteString bytes = directory.toByteString();
      uploads.add(bytes);
    }
  }
}
