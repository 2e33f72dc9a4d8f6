package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.cas.disk.SimulatedDisk;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cuts the power of a disk in memory. More seeds by {@code -Dpower.cuts=N}, one by {@code
 * -Dpower.seed=S}.
 */
class PowerCutTest {
  private static final int LIVES = 3;
  private static final int STEPS = 60;
  private static final SegmentStore.Options OPTIONS =
      new SegmentStore.Options(16 << 20, Duration.ofHours(3), Durability.GROUPED);

  @TempDir Path folder;
  private final ZstdCodec zstd = new ZstdCodec();

  @Test
  void whatWasSyncedIsReadable_andNothingIsWrong_whenThePowerIsCut() throws Exception {
    Long one = Long.getLong("power.seed");
    for (long seed = 1; seed <= Long.getLong("power.cuts", 100); seed++) {
      new World(one == null ? seed : one).run();
      if (one != null) {
        return;
      }
    }
  }

  private final class World {
    private final long seed;
    private final Random random;
    private final SimulatedDisk disk = new SimulatedDisk();
    private final ManualStoreClock clock = new ManualStoreClock();
    private final Map<Digest, ByteString> written = new HashMap<>();
    private final List<Digest> stored = new ArrayList<>();
    private int synced;

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() throws Exception {
      for (int life = 0; life < LIVES; life++) {
        SegmentStore segments = SegmentStore.open(disk, folder, clock, OPTIONS);
        SegmentedBlobStore store = new SegmentedBlobStore(segments, () -> {});
        check(store, life);
        int steps = random.nextInt(STEPS);
        for (int step = 0; step < steps; step++) {
          step(store);
        }
        disk.cutPower(random);
        segments.release();
        // Whatever was not synced may be gone; it is not asked for in the next life.
        stored.subList(synced, stored.size()).clear();
      }
      SegmentStore segments = SegmentStore.open(disk, folder, clock, OPTIONS);
      try (SegmentedBlobStore store = new SegmentedBlobStore(segments, () -> {})) {
        check(store, LIVES);
      }
    }

    private void step(SegmentedBlobStore store) throws IOException {
      clock.advance(Duration.ofSeconds(random.nextInt(3)));
      switch (random.nextInt(6)) {
        case 0 -> {
          store.sync();
          synced = stored.size();
        }
        case 1 -> writeAll(store);
        default -> write(store);
      }
    }

    private ByteString blob() {
      int sizeBytes = 1 + random.nextInt(1 << (4 + random.nextInt(13)));
      ByteString blob =
          random.nextBoolean()
              ? compressible(random.nextLong(), sizeBytes)
              : random(random.nextLong(), sizeBytes);
      written.put(digestOf(blob), blob);
      return blob;
    }

    private void writeAll(SegmentedBlobStore store) throws IOException {
      Map<Digest, ByteString> batch = new HashMap<>();
      for (int i = 0; i < random.nextInt(8); i++) {
        ByteString blob = blob();
        batch.put(digestOf(blob), blob);
      }
      store.writeAll(SCOPE, batch);
      stored.addAll(batch.keySet());
    }

    private void write(SegmentedBlobStore store) throws IOException {
      ByteString blob = blob();
      boolean isFrames = random.nextBoolean();
      ByteString sent = isFrames ? frame(blob) : blob;
      try (BlobUpload upload =
          isFrames
              ? store.writeZstd(SCOPE, digestOf(blob), zstd)
              : store.write(SCOPE, digestOf(blob))) {
        int half = random.nextInt(sent.size());
        upload.write(sent.substring(0, half));
        if (random.nextInt(8) == 0) {
          return;
        }
        upload.write(sent.substring(half));
        upload.commit();
        stored.add(digestOf(blob));
      }
    }

    private void check(SegmentedBlobStore store, int life) throws IOException {
      assertThat(store.findMissing(SCOPE, stored.subList(0, synced)))
          .as("synced and missing, seed %d, life %d", seed, life)
          .isEmpty();
      Map<Digest, ByteString> read = store.readAll(SCOPE, written.keySet());
      assertThat(read.keySet())
          .as("synced and not read, seed %d, life %d", seed, life)
          .containsAll(stored.subList(0, synced));
      read.forEach(
          (digest, blob) ->
              assertThat(blob)
                  .as("bytes of %s, seed %d, life %d", digest, seed, life)
                  .isEqualTo(written.get(digest)));
    }
  }
}
