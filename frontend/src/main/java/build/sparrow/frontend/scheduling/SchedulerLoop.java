package build.sparrow.frontend.scheduling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that runs what it is given, one after the other, and wakes up for timers. Whoever
 * gives it more than it can take waits, and with him the stream that he serves.
 */
public final class SchedulerLoop implements Scheduling, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SchedulerLoop.class);
  private static final int MAX_QUEUED_TASKS = 65_536;
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Something on the loop that wants to be woken up at a time. */
  public interface Timer {
    /** When to call {@link #tick}; empty if there is nothing to wait for. */
    OptionalLong nextNanos();

    /** The time has come; early and spare calls are harmless. */
    void tick();
  }

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>(MAX_QUEUED_TASKS);

  /** What the loop gave itself; it must not wait for room. */
  private final Deque<Runnable> ownTasks = new ArrayDeque<>();

  private final LongSupplier nanoTime;
  private final List<Timer> timers = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /** Takes the clock that the timers use; call {@link #start} once they are all known. */
  public SchedulerLoop(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.thread = Thread.ofPlatform().name("scheduler").daemon().unstarted(this::run);
  }

  /** Adds a timer; before {@link #start}. */
  public void addTimer(Timer timer) {
    timers.add(timer);
  }

  /** Begins to run what it is given. */
  public SchedulerLoop start() {
    thread.start();
    return this;
  }

  @Override
  public void post(Runnable task) {
    if (Thread.currentThread().equals(thread)) {
      ownTasks.add(task);
      return;
    }
    try {
      while (!closed && !tasks.offer(task, 1, TimeUnit.SECONDS)) {
        log.atWarn().addKeyValue("tasks", tasks.size()).log("Scheduler loop is behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public <T extends @Nullable Object> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private void run() {
    while (!closed) {
      try {
        Runnable own = ownTasks.poll();
        Runnable task = own != null ? own : tasks.poll(nanosToNextTimer(), TimeUnit.NANOSECONDS);
        if (task != null) {
          task.run();
        }
        tickDueTimers();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // One client's bad luck must not stop the farm.
        log.atError().setCause(e).log("Scheduler loop failed at a task, going on");
      }
    }
  }

  private long nanosToNextTimer() {
    long now = nanoTime.getAsLong();
    long wait = IDLE_NANOS;
    for (Timer timer : timers) {
      OptionalLong next = timer.nextNanos();
      if (next.isPresent()) {
        wait = Math.min(wait, next.getAsLong() - now);
      }
    }
    return Math.max(0, wait);
  }

  private void tickDueTimers() {
    long now = nanoTime.getAsLong();
    for (Timer timer : timers) {
      OptionalLong next = timer.nextNanos();
      if (next.isPresent() && next.getAsLong() - now <= 0) {
        timer.tick();
      }
    }
  }

  /** Stops after the task at hand; what is queued is dropped. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
