package build.sparrow.frontend;

import build.bazel.remote.execution.v2.ExecuteOperationMetadata;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionStage;
import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One Execute or WaitExecution call of a test's client. */
public final class FollowedOperation<Q> implements ClientResponseObserver<Q, Operation> {
  // For all messages up to the one that is waited for: progress comes as long as nothing ends.
  private static final long PATIENCE_SECONDS = 60;

  /** A message, the end of the stream, or its failure. */
  private record News(@Nullable Operation operation, @Nullable Throwable failure) {}

  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private @Nullable ClientCallStreamObserver<Q> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    call = stream;
  }

  @Override
  public void onNext(Operation operation) {
    news.add(new News(operation, null));
  }

  @Override
  public void onError(Throwable failure) {
    news.add(new News(null, failure));
  }

  @Override
  public void onCompleted() {
    news.add(new News(null, null));
  }

  private News take(long endNanos) {
    try {
      News next = news.poll(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new AssertionError("Heard nothing of the operation, or only that it goes on");
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static long patienceEnds() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  /** The next message of the operation. */
  public Operation next() {
    return next(patienceEnds());
  }

  private Operation next(long endNanos) {
    News next = take(endNanos);
    if (next.failure() instanceof StatusRuntimeException failure) {
      throw failure;
    }
    return Objects.requireNonNull(next.operation(), "the stream has ended");
  }

  /** The messages up to the first at that stage. */
  public Operation until(ExecutionStage.Value stage) {
    long endNanos = patienceEnds();
    Operation operation = next(endNanos);
    while (stageOf(operation) != stage) {
      operation = next(endNanos);
    }
    return operation;
  }

  /** What the operation came to. */
  public ExecuteResponse response() {
    return responseOf(until(ExecutionStage.Value.COMPLETED));
  }

  /** All stages up to the end, each once for each time it was entered. */
  public List<ExecutionStage.Value> stages() {
    List<ExecutionStage.Value> stages = new ArrayList<>();
    long endNanos = patienceEnds();
    Operation operation;
    do {
      operation = next(endNanos);
      if (stages.isEmpty() || stages.getLast() != stageOf(operation)) {
        stages.add(stageOf(operation));
      }
    } while (!operation.getDone());
    return stages;
  }

  /** The failure with which the call ends. */
  public StatusRuntimeException failure() {
    long endNanos = patienceEnds();
    while (true) {
      News next = take(endNanos);
      if (next.failure() instanceof StatusRuntimeException failure) {
        return failure;
      }
      if (next.operation() == null || next.operation().getDone()) {
        throw new AssertionError("The call did not fail; last: " + next.operation());
      }
    }
  }

  /** Hangs up. */
  public void hangUp() {
    Objects.requireNonNull(call).cancel("the test hangs up", null);
  }

  public static ExecutionStage.Value stageOf(Operation operation) {
    return metadataOf(operation).getStage();
  }

  public static ExecuteOperationMetadata metadataOf(Operation operation) {
    try {
      return operation.getMetadata().unpack(ExecuteOperationMetadata.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  public static ExecuteResponse responseOf(Operation operation) {
    try {
      return operation.getResponse().unpack(ExecuteResponse.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
