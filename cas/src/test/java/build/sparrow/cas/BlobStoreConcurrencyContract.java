package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine that keeps blobs in a folder promises to many threads. */
public abstract class BlobStoreConcurrencyContract<S extends BlobStore & Closeable> {
  protected static final Duration LEASE = Duration.ofSeconds(10);
  private static final int THREADS = 8;
  private static final int STEPS_PER_THREAD = 800;

  @TempDir protected Path folder;
  protected final ManualStoreClock clock = new ManualStoreClock();
  private final long capacityBytes;
  private final int blobCount;
  // While somebody relies on a lease, the time stands still.
  private final ReentrantReadWriteLock leases = new ReentrantReadWriteLock();

  /**
   * @param capacityBytes of the store
   * @param blobCount so many blobs of 1 to 12 KiB need about twice the room that there is
   */
  @SuppressWarnings("NullAway.Init")
  protected BlobStoreConcurrencyContract(long capacityBytes, int blobCount) {
    this.capacityBytes = capacityBytes;
    this.blobCount = blobCount;
  }

  /** Opens the store in {@link #folder}, by {@link #clock}, with {@link #LEASE}. */
  protected abstract S open(long capacityBytes) throws IOException;

  /** How full the store is. */
  protected abstract StoreUsage usage(S store);

  private List<ByteString> blobs() {
    List<ByteString> blobs = new ArrayList<>();
    for (int i = 0; i < blobCount; i++) {
      blobs.add(random(i, 1_024 * (1 + i % 12)));
    }
    return blobs;
  }

  @Test
  void presentMeansReadable_whileManyThreadsWriteReadAndEvict() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    List<ByteString> blobs = blobs();
    AtomicLong refused = new AtomicLong();
    try (S store = open(capacityBytes);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Boolean>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        done.add(threads.submit(worker(store, blobs, random, refused)));
      }
      for (Future<Boolean> worker : done) {
        assertThat(worker.get()).as("seed %d", seed).isTrue();
      }

      assertThat(usage(store).evictedEntries()).as("evictions, seed %d", seed).isPositive();
      assertThat(usage(store).corruptEntries()).as("lost, seed %d", seed).isZero();
      assertThat(usage(store).usedBytes())
          .as("used, seed %d", seed)
          .isLessThanOrEqualTo(capacityBytes);
      assertThat(bytesOnDisk())
          .as("on the disk, seed %d", seed)
          .isLessThanOrEqualTo(usage(store).usedBytes());
    }
    try (S again = open(capacityBytes)) {
      assertThat(bytesOnDisk())
          .as("on the disk, seed %d", seed)
          .isLessThanOrEqualTo(usage(again).usedBytes());
      for (ByteString blob : blobs) {
        readIfThere(again, digestOf(blob), blob);
      }
    }
  }

  private static void readIfReported(BlobStore store, Digest digest, ByteString blob)
      throws Exception {
    if (store.findMissing(SCOPE, List.of(digest)).isEmpty()) {
      try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
        assertThat(ByteString.readFrom(in)).isEqualTo(blob);
      }
    }
  }

  private Callable<Boolean> worker(
      BlobStore store, List<ByteString> blobs, Random random, AtomicLong refused) {
    return () -> {
      for (int step = 0; step < STEPS_PER_THREAD; step++) {
        ByteString blob = blobs.get(random.nextInt(blobs.size()));
        Digest digest = digestOf(blob);
        switch (random.nextInt(6)) {
          case 0 -> write(store, digest, blob, random, refused);
          case 1 -> writeAll(store, digest, blob, refused);
          case 2 -> {
            leases.writeLock().lock();
            try {
              clock.advance(LEASE.dividedBy(20));
            } finally {
              leases.writeLock().unlock();
            }
          }
          case 3 -> readIfThere(store, digest, blob);
          default -> {
            leases.readLock().lock();
            try {
              readIfReported(store, digest, blob);
            } finally {
              leases.readLock().unlock();
            }
          }
        }
      }
      return true;
    };
  }

  private static void write(
      BlobStore store, Digest digest, ByteString blob, Random random, AtomicLong refused)
      throws Exception {
    try (BlobUpload upload = store.write(SCOPE, digest)) {
      int half = random.nextInt(blob.size());
      upload.write(blob.substring(0, half));
      if (random.nextInt(4) == 0) {
        return;
      }
      upload.write(blob.substring(half));
      upload.commit();
    } catch (StoreFullException _) {
      refused.incrementAndGet();
    }
  }

  private static void writeAll(BlobStore store, Digest digest, ByteString blob, AtomicLong refused)
      throws Exception {
    try {
      store.writeAll(SCOPE, Map.of(digest, blob));
    } catch (StoreFullException _) {
      refused.incrementAndGet();
    }
  }

  private static void readIfThere(BlobStore store, Digest digest, ByteString blob)
      throws Exception {
    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      assertThat(ByteString.readFrom(in)).isEqualTo(blob);
    } catch (BlobMissingException _) {
      assertThat(store.readAll(SCOPE, List.of(digest)).getOrDefault(digest, blob)).isEqualTo(blob);
    }
  }

  private long bytesOnDisk() throws Exception {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean isHeld = !file.endsWith("lock") && !file.endsWith("format");
        bytes += isHeld ? Files.size(file) : 0;
      }
    }
    return bytes;
  }
}
