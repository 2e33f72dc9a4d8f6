package build.sparrow.cas.grpc;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.ResourceName;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One ByteStream.Write call. The next message is asked for when the last one is in the store, so
 * that a client sends no faster than that.
 */
final class WriteCall implements StreamObserver<WriteRequest> {
  private final UploadSessions sessions;
  private final StreamObserver<WriteResponse> responses;
  private final AtomicBoolean ended = new AtomicBoolean();
  // Also read by who ends the call from outside.
  private volatile @Nullable UploadSession session;
  private String resourceName = "";

  WriteCall(UploadSessions sessions, StreamObserver<WriteResponse> responses) {
    this.sessions = sessions;
    this.responses = responses;
    if (responses instanceof ServerCallStreamObserver<WriteResponse> call) {
      // Else an answer to a client that has gone would throw.
      call.setOnCancelHandler(() -> ended.set(true));
    }
  }

  @Override
  public void onNext(WriteRequest request) {
    if (ended.get()) {
      return;
    }
    try {
      UploadSession open = session(request);
      OptionalLong committed = open.take(this, request);
      if (committed.isPresent()) {
        complete(committed.getAsLong());
        sessions.endOthers(open.name());
      }
    } catch (IOException | RuntimeException e) {
      fail(StoreStatus.of(e));
    }
  }

  private UploadSession session(WriteRequest request) throws IOException {
    UploadSession open = session;
    if (open == null) {
      resourceName = request.getResourceName();
      open = sessions.attach(ResourceName.parseWrite(resourceName), this, request.getWriteOffset());
      session = open;
    } else if (!request.getResourceName().isEmpty()
        && !request.getResourceName().equals(resourceName)) {
      throw ReapiStatus.invalidArgument(
          "resource_name is %s, while the call began with %s; leave it out or repeat it"
              .formatted(
                  ReapiStatus.quote(request.getResourceName()), ReapiStatus.quote(resourceName)));
    }
    return open;
  }

  @Override
  public void onError(Throwable cause) {
    ended.set(true);
    detach();
  }

  /** The client has no more to say; without finish_write that is an interruption like another. */
  @Override
  public void onCompleted() {
    UploadSession open = session;
    if (open == null) {
      fail(ReapiStatus.invalidArgument("The call ended without a request"));
      return;
    }
    complete(open.committedBytes());
    detach();
  }

  /** Answers that so much is stored, from any thread. */
  void complete(long committedBytes) {
    if (ended.compareAndSet(false, true)) {
      responses.onNext(WriteResponse.newBuilder().setCommittedSize(committedBytes).build());
      responses.onCompleted();
    }
  }

  /** Ends the call, from any thread. */
  void fail(StatusRuntimeException status) {
    if (ended.compareAndSet(false, true)) {
      responses.onError(status);
    }
    detach();
  }

  private void detach() {
    UploadSession open = session;
    if (open != null) {
      open.detach(this);
    }
  }
}
