package build.sparrow.service;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a thread send a stream of answers no faster than the client takes them, so that what waits
 * in memory stays below {@link TransportLimits#READY_THRESHOLD_BYTES} plus one message.
 *
 * <p>A call's events are delivered one after the other: while the service method itself runs, no
 * "ready" is heard. So {@link #stream} sends from a virtual thread of its own.
 *
 * @param <T> the answer's type
 */
public final class StreamGate<T> {
  private static final Logger log = LoggerFactory.getLogger(StreamGate.class);

  /** A client that takes nothing for so long loses its stream. */
  static final Duration STALL_LIMIT = Duration.ofSeconds(60);

  private final ServerCallStreamObserver<T> responses;
  private final Duration stallLimit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Given up by the client, or cut off as the server stops; guarded by the lock. */
  private boolean ended;

  private StreamGate(ServerCallStreamObserver<T> responses, Duration stallLimit) {
    this.responses = responses;
    this.stallLimit = stallLimit;
    responses.setOnReadyThreshold(TransportLimits.READY_THRESHOLD_BYTES);
    responses.setOnReadyHandler(this::signal);
    responses.setOnCancelHandler(this::end);
    responses.setOnCloseHandler(this::end);
  }

  /** A gate before these responses; to be made in the service method, before it returns. */
  public static <T> StreamGate<T> before(StreamObserver<T> responses) {
    return before(responses, STALL_LIMIT);
  }

  static <T> StreamGate<T> before(StreamObserver<T> responses, Duration stallLimit) {
    return new StreamGate<>((ServerCallStreamObserver<T>) responses, stallLimit);
  }

  /**
   * Runs the writer on a virtual thread and ends the call as it ends: completed when it returns,
   * with its status when it throws one, INTERNAL for any other failure. To be called as the last
   * thing of a service method.
   */
  public static <T> void stream(StreamObserver<T> responses, Writer<T> writer) {
    StreamGate<T> gate = before(responses);
    Context context = Context.current();
    Thread.ofVirtual().name("stream").start(context.wrap(() -> gate.run(writer)));
  }

  /** Writes the answers of one call. */
  @FunctionalInterface
  public interface Writer<T> {
    /** Sends all answers through the gate and returns; may throw a gRPC status. */
    void write(StreamGate<T> gate) throws Exception;
  }

  /**
   * Sends one answer as soon as the client has room for it.
   *
   * @throws CancellationException if the call has been given up or cut off
   * @throws StatusRuntimeException ABORTED if the client takes nothing for a minute
   */
  public void send(T answer) throws InterruptedException {
    awaitReady();
    responses.onNext(answer);
  }

  /**
   * Waits until the client has room for an answer.
   *
   * @throws CancellationException if the call has been given up or cut off
   * @throws StatusRuntimeException ABORTED if the client takes nothing for a minute
   */
  public void awaitReady() throws InterruptedException {
    if (responses.isReady()) {
      return;
    }
    lock.lockInterruptibly();
    try {
      long leftNanos = stallLimit.toNanos();
      while (!responses.isReady()) {
        if (ended) {
          throw new CancellationException("The call has ended before all was sent");
        }
        if (leftNanos <= 0) {
          throw Status.ABORTED
              .withDescription(
                  "The client took no data for %d s; read faster or try again"
                      .formatted(TimeUnit.SECONDS.convert(stallLimit)))
              .asRuntimeException();
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run(Writer<T> writer) {
    try {
      writer.write(this);
      responses.onCompleted();
    } catch (CancellationException e) {
      log.atDebug().log("A stream ended before all was sent");
    } catch (StatusRuntimeException | StatusException e) {
      fail(e);
    } catch (Exception e) {
      if (responses.isCancelled()) {
        log.atDebug().setCause(e).log("A stream ended after its client gave it up");
        return;
      }
      log.atError().setCause(e).log("A stream failed unexpectedly");
      fail(
          Status.INTERNAL
              .withDescription("Internal error, see the server's log: " + e)
              .asRuntimeException());
    }
  }

  private void fail(Exception status) {
    if (!responses.isCancelled()) {
      responses.onError(status);
    }
  }
}
