package build.sparrow.cas.client;

import build.sparrow.cas.StoreUnavailableException;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats calls that failed for the other process being away, for so long as a restart of it may
 * take. Pauses double and are drawn between half and all of that, so that not all callers come back
 * at once.
 */
final class Retries {
  private static final Logger log = LoggerFactory.getLogger(Retries.class);

  /** A restart of a shard takes about 5 s; clients give up their own calls after 60 s. */
  static final Duration BUDGET = Duration.ofSeconds(20);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Time time;
  private final Duration budget;

  /** The time as retries see it. */
  interface Time {
    /** Nanoseconds from an arbitrary origin. */
    long nanoTime();

    /** Lets the time pass. */
    void sleep(Duration pause) throws InterruptedException;

    /** A number from 0 to 1, for the pauses. */
    double random();
  }

  /** What is tried. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws StatusException, IOException, InterruptedException;
  }

  Retries() {
    this(new SystemTime(), BUDGET);
  }

  Retries(Time time, Duration budget) {
    this.time = time;
    this.budget = budget;
  }

  /** For who would rather ask elsewhere. */
  static Retries none() {
    return new Retries(new SystemTime(), Duration.ZERO);
  }

  /** Starts one piece of work, which has the whole budget. */
  Round start(String what) {
    return new Round(what);
  }

  /**
   * Runs the attempt until it succeeds or fails for good.
   *
   * @param what is tried, for messages: "FindMissingBlobs"
   * @throws StoreUnavailableException if the budget is used up
   */
  <T> T call(String what, Attempt<T> attempt) throws IOException {
    Round round = start(what);
    while (true) {
      try {
        return attempt.run();
      } catch (StatusException e) {
        round.pauseOrThrow(e.getStatus(), e);
      } catch (StatusRuntimeException e) {
        round.pauseOrThrow(e.getStatus(), e);
      } catch (InterruptedException e) {
        throw interrupted(what);
      }
    }
  }

  static InterruptedIOException interrupted(String what) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("Interrupted in " + what);
  }

  /** One piece of work and the failures it met. */
  final class Round {
    private final String what;
    private long deadlineNanos;
    private Duration nextPause = FIRST_PAUSE;
    private boolean failed;

    private Round(String what) {
      this.what = what;
    }

    /** Forgets earlier failures, because the work got on since. */
    void succeeded() {
      failed = false;
      nextPause = FIRST_PAUSE;
    }

    /** Waits before the next attempt, if there is to be one; else throws what callers shall see. */
    void pauseOrThrow(Status status, Exception cause) throws IOException {
      boolean last = !isPassing(status);
      long now = time.nanoTime();
      if (!failed) {
        failed = true;
        deadlineNanos = now + budget.toNanos();
        log.atDebug().addKeyValue("call", what).addKeyValue("status", status).log("Call failed");
      }
      if (last || now - deadlineNanos >= 0) {
        throw RemoteFailures.of(what, status, cause);
      }
      Duration pause = nextPause.multipliedBy(50 + (long) (50 * time.random())).dividedBy(100);
      nextPause = nextPause.multipliedBy(2);
      if (nextPause.compareTo(LONGEST_PAUSE) > 0) {
        nextPause = LONGEST_PAUSE;
      }
      try {
        time.sleep(pause);
      } catch (InterruptedException e) {
        throw interrupted(what);
      }
    }
  }

  /** Whether another attempt may end otherwise. */
  private static boolean isPassing(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, ABORTED -> true;
      // A server that is cut off resets its streams like one whose client gave up; that we did not.
      case CANCELLED, DEADLINE_EXCEEDED -> !Context.current().isCancelled();
      case OK,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED ->
          false;
    };
  }

  private static final class SystemTime implements Time {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration pause) throws InterruptedException {
      Thread.sleep(pause);
    }

    @Override
    public double random() {
      return ThreadLocalRandom.current().nextDouble();
    }
  }
}
