package build.sparrow.cas.segment;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a store: one makes writes durable, one makes room ahead of need, one reads all
 * again. They are never interrupted, which would cut their I/O off.
 */
final class Upkeep implements Closeable {
  /** How fast the scrub reads. */
  static final int SCRUB_BYTES_PER_SECOND = 16 << 20;

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(1);
  private static final Duration SCRUB_PERIOD = Duration.ofDays(1);
  private static final int SCRUB_STEP_BYTES = 1 << 20;

  private final SegmentStore store;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Thread> threads;
  private long scrubbedBytes;

  /** What a thread does again and again. */
  @FunctionalInterface
  private interface Work {
    void once() throws IOException, InterruptedException;
  }

  private Upkeep(SegmentStore store) {
    this.store = store;
    this.threads =
        List.of(
            Thread.ofPlatform().name("cas-sync").daemon().unstarted(() -> run(this::syncOnce)),
            Thread.ofPlatform().name("cas-upkeep").daemon().unstarted(() -> run(this::upkeepOnce)),
            Thread.ofPlatform().name("cas-scrub").daemon().unstarted(() -> run(this::scrubOnce)));
  }

  /** Starts the threads; they end when closed. */
  static Upkeep start(SegmentStore store) {
    Upkeep upkeep = new Upkeep(store);
    upkeep.threads.forEach(Thread::start);
    return upkeep;
  }

  private boolean stopsWithin(Duration pause) throws InterruptedException {
    return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run(Work work) {
    try {
      while (stop.getCount() > 0) {
        try {
          work.once();
        } catch (IOException | RuntimeException e) {
          log.atError().setCause(e).log("Storage upkeep failed; it is tried again");
          stopsWithin(FAILURE_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void syncOnce() throws IOException, InterruptedException {
    store.syncer().awaitWork();
    store.sync();
  }

  private void upkeepOnce() throws IOException, InterruptedException {
    if (!stopsWithin(INTERVAL)) {
      store.upkeep();
    }
  }

  private void scrubOnce() throws IOException, InterruptedException {
    if (!stopsWithin(SCRUB_PERIOD)) {
      store.scrub().pass(this::mayGoOn);
    }
  }

  private boolean mayGoOn(long bytes) throws InterruptedException {
    scrubbedBytes += bytes;
    if (scrubbedBytes < SCRUB_STEP_BYTES) {
      return stop.getCount() > 0;
    }
    Duration pause = Duration.ofNanos(scrubbedBytes * 1_000_000_000L / SCRUB_BYTES_PER_SECOND);
    scrubbedBytes = 0;
    return !stopsWithin(pause);
  }

  /** Ends the threads, between two things that they do. */
  @Override
  public void close() {
    stop.countDown();
    store.syncer().wake();
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
