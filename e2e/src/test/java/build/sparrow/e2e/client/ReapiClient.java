package build.sparrow.e2e.client;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ActionCacheGrpc.ActionCacheBlockingStub;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageBlockingStub;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.ExecuteOperationMetadata;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.sparrow.e2e.farm.Farm;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.ByteStreamGrpc.ByteStreamBlockingStub;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A client of one farm, for the instance without a name. Register it in a static field. */
public final class ReapiClient implements AfterAllCallback {
  private static final long CALL_LIMIT_SECONDS = 120;
  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final int CHUNK_BYTES = 64 << 10;

  private final Supplier<String> endpoint;
  private @Nullable ManagedChannel channel;

  private ReapiClient(Supplier<String> endpoint) {
    this.endpoint = endpoint;
  }

  /** A client that connects with its first call. */
  public static ReapiClient of(Farm farm) {
    return at(farm::endpoint);
  }

  /** As {@link #of}, of the farm with this endpoint, as {@code 127.0.0.1:8980}. */
  public static ReapiClient at(Supplier<String> endpoint) {
    return new ReapiClient(endpoint);
  }

  /** The name of a blob, computed here. */
  public static Digest digestOf(ByteString blob) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      blob.asReadOnlyByteBufferList().forEach(sha256::update);
      return digest(HexFormat.of().formatHex(sha256.digest()), blob.size());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A digest of any words. */
  public static Digest digest(String hash, long sizeBytes) {
    return Digest.newBuilder().setHash(hash).setSizeBytes(sizeBytes).build();
  }

  /** Uploads a blob of at most 4 MiB under its own name. */
  public Digest put(ByteString blob) {
    Digest digest = digestOf(blob);
    BatchUpdateBlobsResponse response =
        cas()
            .batchUpdateBlobs(
                BatchUpdateBlobsRequest.newBuilder()
                    .addRequests(
                        BatchUpdateBlobsRequest.Request.newBuilder()
                            .setDigest(digest)
                            .setData(blob))
                    .build());
    int code = response.getResponses(0).getStatus().getCode();
    if (code != 0) {
      throw new AssertionError("Upload of " + digest + " failed: " + response);
    }
    return digest;
  }

  /** Uploads a message under its own name. */
  public Digest put(Message message) {
    return put(message.toByteString());
  }

  /** Uploads an action with its command and its input root. */
  public Digest put(Command command, Directory inputRoot) {
    return put(
        Action.newBuilder()
            .setCommandDigest(put(command))
            .setInputRootDigest(put(inputRoot))
            .build());
  }

  /** Whether the farm holds the blob. */
  public boolean has(Digest digest) {
    return cas()
        .findMissingBlobs(FindMissingBlobsRequest.newBuilder().addBlobDigests(digest).build())
        .getMissingBlobDigestsList()
        .isEmpty();
  }

  /**
   * Runs an action to its end; an equal one that ran before is not run again.
   *
   * @throws StatusRuntimeException what the farm answers the call with
   */
  public ExecuteResponse execute(Digest action) {
    return execute(ExecuteRequest.newBuilder().setActionDigest(action).build());
  }

  /** As {@link #execute(Digest)}. */
  public ExecuteResponse execute(ExecuteRequest request) {
    return execute(request, _ -> {});
  }

  /** As {@link #execute(Digest)}; tells of each stage that the farm says the action is in. */
  public ExecuteResponse execute(ExecuteRequest request, Consumer<ExecutionStage.Value> stages) {
    Iterator<Operation> updates =
        limited(ExecutionGrpc.newBlockingStub(channel())).execute(request);
    while (updates.hasNext()) {
      Operation operation = updates.next();
      try {
        stages.accept(operation.getMetadata().unpack(ExecuteOperationMetadata.class).getStage());
        if (operation.getDone()) {
          return operation.getResponse().unpack(ExecuteResponse.class);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("The operation is not one of Execute: " + operation, e);
      }
    }
    throw new AssertionError("The stream of Execute ended before the operation did");
  }

  /** Reads a blob by any resource name. */
  public ByteString read(String resourceName) {
    return read(ReadRequest.newBuilder().setResourceName(resourceName).build());
  }

  /** As {@link #read(String)}. */
  public ByteString read(ReadRequest request) {
    ByteString bytes = ByteString.empty();
    Iterator<com.google.bytestream.ReadResponse> parts = byteStream().read(request);
    while (parts.hasNext()) {
      bytes = bytes.concat(parts.next().getData());
    }
    return bytes;
  }

  /** The bytes of a blob that is there. */
  public ByteString read(Digest digest) {
    return digest.getSizeBytes() == 0
        ? ByteString.empty()
        : read("blobs/" + digest.getHash() + "/" + digest.getSizeBytes());
  }

  /**
   * Uploads bytes to any resource name.
   *
   * @return how many bytes the farm says it took
   */
  public long write(String resourceName, ByteString bytes) {
    CompletableFuture<WriteResponse> answer = new CompletableFuture<>();
    StreamObserver<WriteRequest> requests =
        limited(ByteStreamGrpc.newStub(channel())).write(new Answer(answer));
    int offset = 0;
    do {
      int end = Math.min(bytes.size(), offset + CHUNK_BYTES);
      requests.onNext(
          WriteRequest.newBuilder()
              .setResourceName(resourceName)
              .setWriteOffset(offset)
              .setData(bytes.substring(offset, end))
              .setFinishWrite(end == bytes.size())
              .build());
      offset = end;
    } while (offset < bytes.size() && !answer.isDone());
    requests.onCompleted();
    try {
      return answer.join().getCommittedSize();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StatusRuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
  }

  public ContentAddressableStorageBlockingStub cas() {
    return limited(ContentAddressableStorageGrpc.newBlockingStub(channel()));
  }

  public ActionCacheBlockingStub actionCache() {
    return limited(ActionCacheGrpc.newBlockingStub(channel()));
  }

  private ByteStreamBlockingStub byteStream() {
    return limited(ByteStreamGrpc.newBlockingStub(channel()));
  }

  private static <S extends AbstractStub<S>> S limited(S stub) {
    return stub.withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS)
        .withMaxInboundMessageSize(MAX_MESSAGE_BYTES);
  }

  private synchronized Channel channel() {
    ManagedChannel connected = channel;
    if (connected == null) {
      connected =
          Grpc.newChannelBuilder(endpoint.get(), InsecureChannelCredentials.create())
              .disableRetry()
              .build();
      channel = connected;
    }
    return connected;
  }

  @Override
  public synchronized void afterAll(ExtensionContext context) {
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  private record Answer(CompletableFuture<WriteResponse> future)
      implements StreamObserver<WriteResponse> {
    @Override
    public void onNext(WriteResponse response) {
      future.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      future.completeExceptionally(new AssertionError("Write ended without a response"));
    }
  }
}
