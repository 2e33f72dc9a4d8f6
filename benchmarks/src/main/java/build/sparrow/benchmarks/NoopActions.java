package build.sparrow.benchmarks;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageBlockingStub;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.FileNode;
import build.sparrow.reapi.DigestFunction;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Channel;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Distinct actions that run {@code /bin/true} on an input root of ten files. Nine of the files are
 * the same for all, one is the action's own, as with a compiler's headers and its source.
 */
final class NoopActions {
  private static final DigestFunction FUNCTION = DigestFunction.SHA256;
  private static final int FILES = 10;
  private static final int BLOBS_PER_BATCH = 1000;

  private final ContentAddressableStorageBlockingStub store;
  private final String run;

  /**
   * @param run makes the actions differ from those of every other run
   */
  NoopActions(Channel farm, String run) {
    this.store = ContentAddressableStorageGrpc.newBlockingStub(farm);
    this.run = run;
  }

  /** Uploads so many actions with their inputs and returns their digests. */
  List<Digest> upload(String group, int count) {
    List<ByteString> blobs = new ArrayList<>();
    ByteString command = Command.newBuilder().addArguments("/bin/true").build().toByteString();
    blobs.add(command);
    for (int file = 1; file < FILES; file++) {
      blobs.add(sharedFile(file));
    }
    List<Digest> actions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteString own = ByteString.copyFromUtf8("%s %s %d%n".formatted(run, group, i));
      ByteString root = inputRoot(own).toByteString();
      ByteString action =
          Action.newBuilder()
              .setCommandDigest(digest(command))
              .setInputRootDigest(digest(root))
              .setTimeout(Duration.newBuilder().setSeconds(60))
              .build()
              .toByteString();
      blobs.addAll(List.of(own, root, action));
      actions.add(digest(action));
    }
    for (int from = 0; from < blobs.size(); from += BLOBS_PER_BATCH) {
      uploadBatch(blobs.subList(from, Math.min(from + BLOBS_PER_BATCH, blobs.size())));
    }
    return actions;
  }

  private static Directory inputRoot(ByteString own) {
    Directory.Builder root = Directory.newBuilder();
    for (int file = 0; file < FILES; file++) {
      ByteString content = file == 0 ? own : sharedFile(file);
      root.addFiles(
          FileNode.newBuilder()
              .setName(String.format(Locale.ROOT, "input-%02d", file))
              .setDigest(digest(content)));
    }
    return root.build();
  }

  private static ByteString sharedFile(int file) {
    return ByteString.copyFromUtf8("shared input %d%n".formatted(file).repeat(100));
  }

  private void uploadBatch(List<ByteString> blobs) {
    BatchUpdateBlobsRequest.Builder request = BatchUpdateBlobsRequest.newBuilder();
    for (ByteString blob : blobs) {
      request.addRequestsBuilder().setDigest(digest(blob)).setData(blob);
    }
    for (BatchUpdateBlobsResponse.Response response :
        store.batchUpdateBlobs(request.build()).getResponsesList()) {
      if (response.getStatus().getCode() != Status.Code.OK.value()) {
        throw new IllegalStateException("Upload refused: " + response.getStatus());
      }
    }
  }

  private static Digest digest(ByteString bytes) {
    return FUNCTION.digestOf(bytes).toProto();
  }
}
