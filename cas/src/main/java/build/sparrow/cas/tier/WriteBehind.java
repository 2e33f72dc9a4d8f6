package build.sparrow.cas.tier;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.replica.ItemLog;
import build.sparrow.cas.replica.call.Item;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts blobs into the tier some time after they were stored. Their names wait in memory until they
 * are written to a log on the disk, a few moments later, and there for the tier; the bytes stay
 * where they are. What finds no room in either is left out: nobody waits here.
 */
final class WriteBehind implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(WriteBehind.class);

  /** About half a million blobs. */
  private static final long MAX_LOG_BYTES = 64L << 20;

  /** As much as one PUT may have, by the protocol. */
  private static final long MAX_OBJECT_BYTES = 5L << 30;

  private static final int MAX_UNLOGGED_BLOBS = 100_000;
  private static final int LOGGED_AT_ONCE_BLOBS = 10_000;
  private static final Duration LOG_PAUSE = Duration.ofMillis(50);
  private static final int BATCH_BLOBS = 64;
  private static final int PARALLEL_CALLS = 16;
  private static final Duration FAILURE_PAUSE = Duration.ofMillis(200);

  private final ItemLog queue;
  private final ObjectStore objects;
  private final ObjectNames names;
  private final BlobStore local;
  private final TierHealth health;
  private final BlockingQueue<Item> unlogged = new ArrayBlockingQueue<>(MAX_UNLOGGED_BLOBS);
  private final Semaphore permits = new Semaphore(PARALLEL_CALLS);
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Thread> threads;
  private volatile boolean isClosed;

  private WriteBehind(
      ItemLog queue, ObjectStore objects, ObjectNames names, BlobStore local, TierHealth health) {
    this.queue = queue;
    this.objects = objects;
    this.names = names;
    this.local = local;
    this.health = health;
    this.threads =
        List.of(
            Thread.ofVirtual().name("tier-queue").start(this::logNew),
            Thread.ofVirtual().name("tier-uploads").start(this::uploadLogged));
  }

  /** Goes on with what is in the folder. */
  static WriteBehind open(
      Path folder, ObjectStore objects, ObjectNames names, BlobStore local, TierHealth health)
      throws IOException {
    return open(folder, objects, names, local, health, MAX_LOG_BYTES);
  }

  static WriteBehind open(
      Path folder,
      ObjectStore objects,
      ObjectNames names,
      BlobStore local,
      TierHealth health,
      long maxLogBytes)
      throws IOException {
    Files.createDirectories(folder);
    ItemLog queue = ItemLog.open(folder.resolve("to-upload"), maxLogBytes);
    return new WriteBehind(queue, objects, names, local, health);
  }

  /** Takes a blob that was stored; returns at once. */
  void offer(Item.Blob blob) {
    if (blob.digest().sizeBytes() > MAX_OBJECT_BYTES || !unlogged.offer(blob)) {
      health.droppedBlobs.increment();
    }
  }

  /** Never interrupted, as the other thread: that would close the log's file. */
  private void logNew() {
    try {
      while (!isClosed) {
        Thread.sleep(LOG_PAUSE);
        logSome();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts this thread", e);
    }
  }

  private void logSome() {
    List<Item> items = new ArrayList<>();
    if (unlogged.drainTo(items, LOGGED_AT_ONCE_BLOBS) > 0) {
      log(items);
    }
  }

  private void log(List<Item> items) {
    try {
      queue.add(items);
    } catch (StoreFullException _) {
      health.droppedBlobs.add(items.size());
    } catch (IOException e) {
      health.droppedBlobs.add(items.size());
      log.atWarn()
          .addKeyValue("blobs", items.size())
          .setCause(e)
          .log("Cannot note blobs for the tier, leaving them out");
    }
  }

  private void uploadLogged() {
    try {
      while (!isClosed) {
        if (queue.count() == 0) {
          Thread.sleep(LOG_PAUSE);
        } else if (!health.allows() || !uploadSome()) {
          Thread.sleep(FAILURE_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("Nobody interrupts this thread", e);
    } catch (IOException e) {
      log.atError().setCause(e).log("Cannot read which blobs the tier lacks; it gets no more");
    }
  }

  /** Uploads the oldest; whether all that is over with. */
  private boolean uploadSome() throws IOException, InterruptedException {
    // One that goes ahead is enough to see whether a tier that failed answers again.
    ItemLog.Batch batch = queue.peek(health.isAvailable() ? BATCH_BLOBS : 1);
    List<Callable<Boolean>> uploads = new ArrayList<>();
    for (Item item : batch.items()) {
      uploads.add(() -> !(item instanceof Item.Blob blob) || uploadInTurn(blob));
    }
    boolean isOver = true;
    for (Future<Boolean> upload : calls.invokeAll(uploads)) {
      try {
        isOver &= upload.get();
      } catch (ExecutionException e) {
        log.atError().setCause(e).log("An upload to the tier broke");
        health.droppedBlobs.increment();
      }
    }
    if (!isOver || isClosed) {
      return false;
    }
    queue.drop(batch);
    return true;
  }

  private boolean uploadInTurn(Item.Blob blob) {
    permits.acquireUninterruptibly();
    try {
      return !isClosed && isOverWith(blob);
    } finally {
      permits.release();
    }
  }

  /** Uploads a blob unless it is there; false if it is to be tried again. */
  private boolean isOverWith(Item.Blob blob) {
    String name = names.of(blob);
    try {
      if (!objects.has(name)) {
        objects.put(
            name, blob.digest().sizeBytes(), () -> local.read(blob.scope(), blob.digest(), 0, 0));
        health.uploadedBlobs.increment();
        health.uploadedBytes.add(blob.digest().sizeBytes());
      }
      health.succeeded();
      return true;
    } catch (TierException e) {
      if (!e.refusesObject()) {
        health.failed(e);
        return false;
      }
      log.atWarn()
          .addKeyValue("blob", blob.digest())
          .addKeyValue("failure", e.getMessage())
          .log("The tier does not take a blob, leaving it out");
    } catch (BlobMissingException _) {
      // Evicted since.
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("blob", blob.digest())
          .setCause(e)
          .log("Cannot read a blob for the tier, leaving it out");
    }
    health.droppedBlobs.increment();
    return true;
  }

  /** Blobs that wait for the tier. */
  long queuedBlobs() {
    return unlogged.size() + queue.count();
  }

  /** Bytes of the log that they take. */
  long queueBytes() {
    return queue.bytes();
  }

  @Override
  public void close() throws IOException {
    isClosed = true;
    calls.shutdownNow();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofSeconds(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    while (!unlogged.isEmpty()) {
      logSome();
    }
    queue.close();
  }
}
