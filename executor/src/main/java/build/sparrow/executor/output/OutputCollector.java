package build.sparrow.executor.output;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command.OutputDirectoryFormat;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.OutputSymlink;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes the outputs of one action; for one use. */
public final class OutputCollector implements AutoCloseable {
  private final Path root;
  private final OutputUploads uploads;
  private final OutputLimits limits;
  private final ActionDirectory directory;
  private final OutputFiles files;
  private int inlinedBytes;

  /**
   * Opens an action's directory.
   *
   * @param uploads gets the contents of the outputs
   */
  public OutputCollector(Path root, OutputUploads uploads, OutputLimits limits) throws IOException {
    this.root = root;
    this.uploads = uploads;
    this.limits = limits;
    this.directory = new ActionDirectory(root);
    this.files = new OutputFiles(root, uploads, limits);
  }

  /**
   * Takes what is there at each path; where nothing is, the result says nothing.
   *
   * @param inlined paths, as asked, of files to be put into the result if there is room
   * @throws OutputException if something is there that cannot be taken
   */
  public void collect(
      List<OutputPath> outputs,
      OutputDirectoryFormat format,
      Set<String> inlined,
      ActionResult.Builder result)
      throws IOException, OutputException {
    for (OutputPath output : outputs) {
      int slash = output.path().lastIndexOf('/');
      String parent = slash < 0 ? "" : output.path().substring(0, slash);
      SecureDirectoryStream<Path> stream = directory.open(parent, output.asked());
      if (output.path().isEmpty()) {
        addDirectory(output, format, result);
      } else if (stream != null) {
        Path name = Path.of(output.path().substring(slash + 1));
        PosixFileAttributes attributes = ActionDirectory.attributes(stream, name);
        if (attributes != null) {
          collect(output, stream, name, attributes, format, inlined, result);
        }
      }
    }
  }

  private void collect(
      OutputPath output,
      SecureDirectoryStream<Path> parent,
      Path name,
      PosixFileAttributes attributes,
      OutputDirectoryFormat format,
      Set<String> inlined,
      ActionResult.Builder result)
      throws IOException, OutputException {
    if (attributes.isSymbolicLink()) {
      addSymlink(output, result);
    } else if (attributes.isDirectory()) {
      if (output.kind() == OutputPath.Kind.FILE) {
        throw new OutputException("output file '" + output.asked() + "' is a directory");
      }
      addDirectory(output, format, result);
    } else if (attributes.isRegularFile()) {
      if (output.kind() == OutputPath.Kind.DIRECTORY) {
        throw new OutputException("output directory '" + output.asked() + "' is a file");
      }
      boolean isInlined = inlined.contains(output.asked());
      OutputFiles.Taken taken = files.take(parent, name, output.path(), attributes);
      OutputFile.Builder file =
          result
              .addOutputFilesBuilder()
              .setPath(output.asked())
              .setDigest(taken.digest().toProto())
              .setIsExecutable(taken.isExecutable());
      if (isInlined && hasRoomFor(taken.bytes())) {
        file.setContents(taken.bytes());
      }
    } else {
      throw files.notTakeable(output.path());
    }
  }

  private boolean hasRoomFor(@Nullable ByteString bytes) {
    if (bytes == null || inlinedBytes + bytes.size() > limits.maxInlineBytes()) {
      return false;
    }
    inlinedBytes += bytes.size();
    return true;
  }

  @SuppressWarnings("deprecation") // Clients before 2.1 read the lists that tell the target's type.
  private void addSymlink(OutputPath output, ActionResult.Builder result)
      throws IOException, OutputException {
    String target = files.symlinkTarget(output.path());
    OutputSymlink symlink =
        OutputSymlink.newBuilder().setPath(output.asked()).setTarget(target).build();
    boolean leadsToDirectory =
        switch (output.kind()) {
          case FILE -> false;
          case DIRECTORY -> true;
          case ANY -> leadsToDirectory(output.path(), target);
        };
    if (output.kind() == OutputPath.Kind.ANY) {
      result.addOutputSymlinks(symlink);
    }
    if (leadsToDirectory) {
      result.addOutputDirectorySymlinks(symlink);
    } else {
      result.addOutputFileSymlinks(symlink);
    }
  }

  /** Whether a target names a directory of the action's own; what is elsewhere is not looked at. */
  private boolean leadsToDirectory(String path, String target) {
    String inside = OutputFiles.resolveInside(path, target);
    return inside != null && Files.isDirectory(root.resolve(inside), LinkOption.NOFOLLOW_LINKS);
  }

  private void addDirectory(
      OutputPath output, OutputDirectoryFormat format, ActionResult.Builder result)
      throws IOException, OutputException {
    OutputTree tree = new OutputTree(files, limits, output.path());
    Digest rootDigest;
    try (SecureDirectoryStream<Path> stream = directory.openToList(output.path(), output.asked())) {
      if (stream == null) {
        return;
      }
      rootDigest = tree.take(stream);
    }
    OutputDirectory.Builder taken = result.addOutputDirectoriesBuilder().setPath(output.asked());
    boolean hasTree = format != OutputDirectoryFormat.DIRECTORY_ONLY;
    boolean hasRoot = format != OutputDirectoryFormat.TREE_ONLY;
    if (hasTree) {
      taken
          .setTreeDigest(uploads.add(tree.toTree().toByteString()).toProto())
          .setIsTopologicallySorted(true);
    }
    if (hasRoot) {
      tree.addDirectoriesTo(uploads);
      taken.setRootDirectoryDigest(rootDigest.toProto());
    }
  }

  @Override
  public void close() throws IOException {
    directory.close();
  }
}
