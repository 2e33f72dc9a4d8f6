package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** Finds every blob that a client may ask for on the strength of an action result. */
final class ReferencedBlobs {
  /** A Tree above this is taken for malformed; one of a million files has some 80 MB. */
  static final int MAX_TREE_BYTES = 128 << 20;

  private static final int MAX_REFERENCES = 2_000_000;

  private final BlobStore store;
  private final BlobScope scope;
  private final Set<Digest> blobs = new HashSet<>();

  ReferencedBlobs(BlobStore store, BlobScope scope) {
    this.store = store;
    this.scope = scope;
  }

  /**
   * Output files, stdout and stderr, Trees and what they hold, and where the result names an output
   * directory by its root, all directories beneath it.
   *
   * @throws BlobMissingException if a Tree or directory, which must be read for that, is missing
   * @throws io.grpc.StatusRuntimeException if one is malformed
   */
  Set<Digest> of(ActionResult result) throws IOException {
    for (OutputFile file : result.getOutputFilesList()) {
      add(file.getDigest(), "output_files.digest");
    }
    if (result.hasStdoutDigest()) {
      add(result.getStdoutDigest(), "stdout_digest");
    }
    if (result.hasStderrDigest()) {
      add(result.getStderrDigest(), "stderr_digest");
    }
    for (OutputDirectory directory : result.getOutputDirectoriesList()) {
      boolean hasRoot = directory.hasRootDirectoryDigest();
      if (directory.hasTreeDigest()) {
        // A Tree holds its directories; as blobs of their own they are promised by the root only.
        addTree(parse(directory.getTreeDigest(), "tree_digest"), hasRoot);
        if (hasRoot) {
          add(directory.getRootDirectoryDigest(), "root_directory_digest");
        }
      } else if (hasRoot) {
        addDirectories(parse(directory.getRootDirectoryDigest(), "root_directory_digest"));
      }
    }
    return blobs;
  }

  /** Reads a Tree directory by directory, so that it is never held whole. */
  private void addTree(Digest tree, boolean withDirectories) throws IOException {
    if (!blobs.add(tree)) {
      return;
    }
    if (tree.sizeBytes() > MAX_TREE_BYTES) {
      throw ReapiStatus.invalidArgument(
          "Tree %s is larger than %d bytes".formatted(tree, MAX_TREE_BYTES));
    }
    try (InputStream in = store.read(scope, tree, 0, 0)) {
      CodedInputStream message = CodedInputStream.newInstance(in);
      for (int tag = message.readTag(); tag != 0; tag = message.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == Tree.ROOT_FIELD_NUMBER || field == Tree.CHILDREN_FIELD_NUMBER) {
          Directory.Builder directory = Directory.newBuilder();
          message.readMessage(directory, ExtensionRegistryLite.getEmptyRegistry());
          addContents(directory.build(), withDirectories);
        } else {
          message.skipField(tag);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw malformed(tree, e);
    }
  }

  private void addContents(Directory directory, boolean withDirectories) {
    for (FileNode file : directory.getFilesList()) {
      add(file.getDigest(), "files.digest");
    }
    if (withDirectories) {
      for (DirectoryNode child : directory.getDirectoriesList()) {
        add(child.getDigest(), "directories.digest");
      }
    }
  }

  private void addDirectories(Digest root) throws IOException {
    ArrayDeque<Digest> pending = new ArrayDeque<>();
    Set<Digest> seen = new HashSet<>();
    pending.add(root);
    while (!pending.isEmpty()) {
      Digest digest = pending.remove();
      if (!seen.add(digest)) {
        continue;
      }
      Directory directory = read(digest);
      blobs.add(digest);
      addContents(directory, true);
      for (DirectoryNode child : directory.getDirectoriesList()) {
        pending.add(parse(child.getDigest(), "directories.digest"));
      }
    }
  }

  private Directory read(Digest digest) throws IOException {
    if (digest.sizeBytes() > CasLimits.MAX_BATCH_BYTES) {
      throw ReapiStatus.invalidArgument(
          "Directory %s is larger than %d bytes".formatted(digest, CasLimits.MAX_BATCH_BYTES));
    }
    ByteString blob = store.readAll(scope, Set.of(digest)).get(digest);
    if (blob == null) {
      throw new BlobMissingException(digest);
    }
    try {
      return Directory.parseFrom(blob);
    } catch (InvalidProtocolBufferException e) {
      throw malformed(digest, e);
    }
  }

  private static RuntimeException malformed(Digest digest, InvalidProtocolBufferException cause) {
    return ReapiStatus.invalidArgument(
        "Blob %s is not the message it should be: %s".formatted(digest, cause.getMessage()));
  }

  private void add(build.bazel.remote.execution.v2.Digest proto, String field) {
    blobs.add(parse(proto, field));
    if (blobs.size() > MAX_REFERENCES) {
      throw ReapiStatus.invalidArgument(
          "A result references more than " + MAX_REFERENCES + " blobs");
    }
  }

  private Digest parse(build.bazel.remote.execution.v2.Digest proto, String field) {
    return Digest.parse(proto, scope.function(), field);
  }
}
