package build.sparrow.executor.agent;

import build.sparrow.scheduling.executor.ExecutorEffect;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.ExecutorScheduler;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which the executor's scheduler lives: feeds it events in the order in which
 * they are posted, ticks it when it is time, and has its effects done.
 */
final class SchedulerLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SchedulerLoop.class);

  private final ExecutorScheduler scheduler;
  private final ScheduledThreadPoolExecutor thread;

  // Used on the loop's thread only.
  private Consumer<ExecutorEffect> effects = _ -> {};
  private @Nullable Future<?> timer;
  private long timerNanos;

  SchedulerLoop(ExecutorScheduler scheduler, String name) {
    this.scheduler = scheduler;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("scheduler-" + name).daemon().factory());
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Starts with the first event: says who does the effects, on the loop's thread. */
  void start(Consumer<ExecutorEffect> handler) {
    post(() -> effects = handler);
  }

  /** Has something done on the loop's thread, soon; does nothing once the loop is closed. */
  void post(Runnable task) {
    postLater(Duration.ZERO, task);
  }

  /** Feeds an event from any other thread. */
  void post(ExecutorEvent event) {
    post(() -> feed(event));
  }

  /** Has something done on the loop's thread after a while. */
  void postLater(Duration delay, Runnable task) {
    try {
      var _ = thread.schedule(() -> guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The executor is being closed; nobody waits for this any more.
    }
  }

  /** Feeds an event, on the loop's thread; its effects are done when this returns. */
  void feed(ExecutorEvent event) {
    scheduler.on(event, System.nanoTime()).forEach(effects);
    OptionalLong next = scheduler.nextTimerNanos();
    if (next.isPresent()) {
      tickAt(next.getAsLong());
    }
  }

  private void tickAt(long nanos) {
    // An earlier tick is harmless and sets the timer anew.
    if (timer != null && !timer.isDone() && timerNanos <= nanos) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerNanos = nanos;
    long delay = Math.max(0, nanos - System.nanoTime());
    timer = thread.schedule(() -> guarded(this::tick), delay, TimeUnit.NANOSECONDS);
  }

  private void tick() {
    timer = null;
    feed(new ExecutorEvent.Tick());
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("The scheduler's loop met an error and goes on");
    }
  }

  /** Ends at once: what was posted and not done yet is forgotten. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
