package build.sparrow.cas.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ResourceName.WriteName;
import com.google.bytestream.ByteStreamGrpc.ByteStreamBlockingV2Stub;
import com.google.bytestream.QueryWriteStatusRequest;
import com.google.bytestream.QueryWriteStatusResponse;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * ByteStream.Write calls for one blob, under one name, so that a call that broke off can be gone on
 * with. For one thread at a time.
 */
final class UploadStream {
  /** Bytes that may wait to be sent; with less, messages of 256 KiB do not follow each other. */
  static final int READY_THRESHOLD_BYTES = 1 << 20;

  /** How long the other process may take nothing, or think about the last message. */
  private static final int STALL_SECONDS = 60;

  private static final int QUERY_SECONDS = 20;

  private final ByteStreamBlockingV2Stub stub;
  private final String resourceName;
  private final Compressor compressor;
  private final long sizeBytes;
  private @Nullable BlockingClientCall<WriteRequest, WriteResponse> call;
  // Whether the open call has said what it is about.
  private boolean named;
  private boolean interrupted;
  private long sentBytes;

  private UploadStream(ByteStreamBlockingV2Stub stub, WriteName name) {
    this.stub = stub;
    this.resourceName = name.format();
    this.compressor = name.compressor();
    this.sizeBytes = name.digest().sizeBytes();
  }

  /** A stream that has not been started, under a name of its own. */
  static UploadStream named(
      ByteStreamBlockingV2Stub stub, BlobScope scope, Compressor compressor, Digest digest) {
    return new UploadStream(
        stub,
        new WriteName(scope.instance(), UUID.randomUUID(), compressor, scope.function(), digest));
  }

  /** Bytes that were sent, or that the other process kept of an earlier call. */
  long sentBytes() {
    return sentBytes;
  }

  /**
   * Starts a call; after an earlier one, where the other process says.
   *
   * @return false if the other process has the blob, so that nothing need be sent
   */
  boolean start() throws StatusException {
    sentBytes = 0;
    if (interrupted) {
      QueryWriteStatusResponse status =
          stub.withDeadlineAfter(QUERY_SECONDS, TimeUnit.SECONDS)
              .queryWriteStatus(
                  QueryWriteStatusRequest.newBuilder().setResourceName(resourceName).build());
      if (status.getComplete()) {
        return false;
      }
      sentBytes = status.getCommittedSize();
    }
    interrupted = true;
    named = false;
    // Whoever asked for the upload may break off and come back for it: who closes it decides.
    Context detached = Context.current().fork();
    Context before = detached.attach();
    try {
      call = stub.write();
    } finally {
      detached.detach(before);
    }
    return true;
  }

  /**
   * Sends the next bytes, as soon as there is room for them.
   *
   * @return false if the other process has got the blob meanwhile
   */
  boolean send(ByteString data) throws StatusException, InterruptedException {
    return send(data, false);
  }

  private boolean send(ByteString data, boolean finish)
      throws StatusException, InterruptedException {
    BlockingClientCall<WriteRequest, WriteResponse> open = call();
    WriteRequest.Builder request =
        WriteRequest.newBuilder().setWriteOffset(sentBytes).setData(data).setFinishWrite(finish);
    if (!named) {
      named = true;
      request.setResourceName(resourceName);
    }
    try {
      if (open.write(request.build(), STALL_SECONDS, TimeUnit.SECONDS)) {
        sentBytes += data.size();
        return true;
      }
    } catch (TimeoutException e) {
      throw stalled(e);
    }
    end(open, response(open));
    return false;
  }

  /** Whether the other process has answered already, which it does early if it has the blob. */
  boolean isAnswered() throws StatusException, InterruptedException {
    BlockingClientCall<WriteRequest, WriteResponse> open = call;
    if (open == null) {
      return false;
    }
    try {
      end(open, open.read(0, TimeUnit.SECONDS));
      return true;
    } catch (TimeoutException _) {
      return false;
    }
  }

  /** Says that all was sent and waits for the blob to be stored. */
  void finish() throws StatusException, InterruptedException {
    if (send(ByteString.EMPTY, true)) {
      BlockingClientCall<WriteRequest, WriteResponse> open = call();
      open.halfClose();
      end(open, response(open));
    }
  }

  private static @Nullable WriteResponse response(
      BlockingClientCall<WriteRequest, WriteResponse> call)
      throws StatusException, InterruptedException {
    try {
      return call.read(STALL_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw stalled(e);
    }
  }

  private void end(
      BlockingClientCall<WriteRequest, WriteResponse> call, @Nullable WriteResponse response)
      throws StatusException, InterruptedException {
    long committed = response == null ? 0 : response.getCommittedSize();
    boolean isWhole =
        switch (compressor) {
          case IDENTITY -> committed == sizeBytes;
          // The latter says that the store has got the blob otherwise.
          case ZSTD -> committed == sentBytes || committed == -1;
        };
    if (!isWhole) {
      throw Status.INTERNAL
          .withDescription(
              "The store ended an upload after %d bytes of blob %s"
                  .formatted(committed, resourceName))
          .asException();
    }
    // Hears the end of the call, which would else be cancelled.
    var _ = response(call);
  }

  private static StatusException stalled(TimeoutException cause) {
    return Status.DEADLINE_EXCEEDED
        .withDescription("The store took nothing for " + STALL_SECONDS + " s")
        .withCause(cause)
        .asException();
  }

  private BlockingClientCall<WriteRequest, WriteResponse> call() {
    if (call == null) {
      throw new IllegalStateException("The upload was not started");
    }
    return call;
  }

  /** Ends the call if it is open; what was sent may be gone on with for a while. */
  void cancel() {
    if (call != null) {
      call.cancel("The upload was given up", null);
      call = null;
    }
  }
}
