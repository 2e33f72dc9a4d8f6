package build.sparrow.cas.file;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.StoreFullException;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
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

class FileBlobStoreConcurrencyTest {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final int THREADS = 8;
  private static final int STEPS_PER_THREAD = 800;
  private static final int BLOBS = 60;
  private static final int CAPACITY_BYTES = 60 * 4096;

  @TempDir Path folder;
  // While somebody relies on a lease, the time stands still.
  private final ReentrantReadWriteLock leases = new ReentrantReadWriteLock();

  /** Blobs of 1 to 12 KiB, which need about twice the room that there is. */
  private static List<ByteString> blobs() {
    List<ByteString> blobs = new ArrayList<>();
    for (int i = 0; i < BLOBS; i++) {
      blobs.add(random(i, 1_024 * (1 + i % 12)));
    }
    return blobs;
  }

  @Test
  void presentMeansReadable_whileManyThreadsWriteReadAndEvict() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    ManualStoreClock clock = new ManualStoreClock();
    List<ByteString> blobs = blobs();
    AtomicLong refused = new AtomicLong();
    try (FileBlobStore store =
            FileBlobStore.open(folder, CAPACITY_BYTES, LEASE, clock, FileCreator.system());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Boolean>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed + i);
        done.add(threads.submit(worker(store, clock, blobs, random, refused)));
      }
      for (Future<Boolean> worker : done) {
        assertThat(worker.get()).as("seed %d", seed).isTrue();
      }

      assertThat(store.evictedCount()).as("evictions, seed %d", seed).isPositive();
      assertThat(store.usedBytes())
          .as("used bytes are those of the files, seed %d", seed)
          .isEqualTo(blocksOnDisk())
          .isLessThanOrEqualTo(CAPACITY_BYTES);
    }
    try (FileBlobStore again =
        FileBlobStore.open(folder, CAPACITY_BYTES, LEASE, clock, FileCreator.system())) {
      assertThat(again.usedBytes()).isEqualTo(blocksOnDisk());
    }
  }

  private static void readIfReported(FileBlobStore store, Digest digest, ByteString blob)
      throws Exception {
    if (store.findMissing(SCOPE, List.of(digest)).isEmpty()) {
      try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
        assertThat(ByteString.readFrom(in)).isEqualTo(blob);
      }
    }
  }

  private Callable<Boolean> worker(
      FileBlobStore store,
      ManualStoreClock clock,
      List<ByteString> blobs,
      Random random,
      AtomicLong refused) {
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
      FileBlobStore store, Digest digest, ByteString blob, Random random, AtomicLong refused)
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

  private static void writeAll(
      FileBlobStore store, Digest digest, ByteString blob, AtomicLong refused) throws Exception {
    try {
      store.writeAll(SCOPE, Map.of(digest, blob));
    } catch (StoreFullException _) {
      refused.incrementAndGet();
    }
  }

  private static void readIfThere(FileBlobStore store, Digest digest, ByteString blob)
      throws Exception {
    try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
      assertThat(ByteString.readFrom(in)).isEqualTo(blob);
    } catch (BlobMissingException _) {
      assertThat(store.readAll(SCOPE, List.of(digest)).getOrDefault(digest, blob)).isEqualTo(blob);
    }
  }

  private long blocksOnDisk() throws Exception {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += file.endsWith("lock") ? 0 : (Files.size(file) + 4095) / 4096 * 4096;
      }
    }
    return bytes;
  }
}
