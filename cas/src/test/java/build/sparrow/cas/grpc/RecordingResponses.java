package build.sparrow.cas.grpc;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What came back in a call, and how it ended. */
final class RecordingResponses<T> implements StreamObserver<T> {
  private final List<T> responses = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable Throwable failure;

  @Override
  public synchronized void onNext(T response) {
    responses.add(response);
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
    ended.countDown();
  }

  @Override
  public void onCompleted() {
    ended.countDown();
  }

  boolean isEnded() {
    return ended.getCount() == 0;
  }

  /** Waits for the end of the call: its status. */
  Status status() throws InterruptedException {
    if (!ended.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("The call did not end within 30 s");
    }
    return failure == null ? Status.OK : Status.fromThrowable(failure);
  }

  /** Waits for the end of the call, which must be a good one: its only response. */
  T only() throws InterruptedException {
    if (!status().isOk() || responses.size() != 1) {
      throw new AssertionError("Expected one response, got " + responses + " and " + status());
    }
    return responses.getFirst();
  }
}
