package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.cas.disk.SimulatedDisk;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damages the files of a store, closed and open. More seeds by {@code -Ddamage.seeds=N}, one by
 * {@code -Ddamage.seed=S}.
 */
class DamageTest {
  private static final Duration LEASE = Duration.ofHours(3);
  private static final SegmentStore.Options OPTIONS =
      new SegmentStore.Options(2 << 20, LEASE, Durability.GROUPED);

  @TempDir Path folder;
  private final ZstdCodec zstd = new ZstdCodec();

  @Test
  void whateverIsInTheFiles_theStoreOpensAndServesNoWrongByte() throws Exception {
    Long one = Long.getLong("damage.seed");
    for (long seed = 1; seed <= Long.getLong("damage.seeds", 150); seed++) {
      try {
        new World(one == null ? seed : one).run();
      } catch (IOException | RuntimeException e) {
        throw new AssertionError("seed " + (one == null ? seed : one), e);
      }
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

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void run() throws Exception {
      for (int round = 0; round < 3; round++) {
        SegmentStore segments = SegmentStore.open(disk, folder, clock, OPTIONS);
        try (SegmentedBlobStore store = new SegmentedBlobStore(segments, () -> {})) {
          read(store);
          write(store);
          if (random.nextBoolean()) {
            damage();
          }
          read(store);
          if (random.nextBoolean()) {
            segments.scrub().pass(_ -> true);
          }
          if (random.nextBoolean()) {
            clock.advance(LEASE.multipliedBy(2));
            write(store);
          }
          segments.upkeep();
        }
        damage();
      }
      try (SegmentedBlobStore store =
          new SegmentedBlobStore(SegmentStore.open(disk, folder, clock, OPTIONS), () -> {})) {
        read(store);
      }
    }

    private void write(SegmentedBlobStore store) throws IOException {
      for (int i = 0; i < random.nextInt(40); i++) {
        int sizeBytes = 1 + random.nextInt(1 << (4 + random.nextInt(13)));
        boolean isFrames = random.nextBoolean();
        ByteString blob =
            isFrames
                ? compressible(random.nextLong(), sizeBytes)
                : random(random.nextLong(), sizeBytes);
        written.put(digestOf(blob), blob);
        try (BlobUpload upload =
            isFrames
                ? store.writeZstd(SCOPE, digestOf(blob), zstd)
                : store.write(SCOPE, digestOf(blob))) {
          upload.write(isFrames ? frame(blob) : blob);
          upload.commit();
        }
      }
      store.sync();
    }

    /** Whichever way comes first meets what is damaged. */
    private void read(SegmentedBlobStore store) throws IOException {
      if (random.nextBoolean()) {
        readBatch(store);
        readParts(store);
      } else {
        readParts(store);
        readBatch(store);
      }
    }

    private void readBatch(SegmentedBlobStore store) throws IOException {
      store
          .readAll(SCOPE, written.keySet())
          .forEach(
              (digest, blob) ->
                  assertThat(blob).as("seed %d", seed).isEqualTo(written.get(digest)));
    }

    private void readParts(SegmentedBlobStore store) throws IOException {
      for (Map.Entry<Digest, ByteString> blob : written.entrySet()) {
        int offset = random.nextInt(blob.getValue().size());
        int limit = random.nextInt(blob.getValue().size() - offset);
        int end = limit == 0 ? blob.getValue().size() : offset + limit;
        try (InputStream in = store.read(SCOPE, blob.getKey(), offset, limit)) {
          assertThat(ByteString.readFrom(in))
              .as("seed %d", seed)
              .isEqualTo(blob.getValue().substring(offset, end));
        } catch (BlobMissingException _) {
          assertThat(store.findMissing(SCOPE, List.of(blob.getKey())))
              .as("seed %d", seed)
              .containsExactly(blob.getKey());
        }
      }
    }

    private void damage() throws IOException {
      List<Path> segments = disk.files().stream().filter(file -> Segment.idOf(file) >= 0).toList();
      for (int i = 0; i < 1 + random.nextInt(4) && !segments.isEmpty(); i++) {
        Path file = segments.get(random.nextInt(segments.size()));
        byte[] bytes = disk.bytes(file);
        if (bytes.length > 0) {
          disk.damage(file, damaged(bytes, disk.bytes(segments.getFirst())));
        }
      }
    }

    private byte[] damaged(byte[] bytes, byte[] other) {
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);
      switch (random.nextInt(6)) {
        case 0 -> bytes[from] ^= (byte) (1 << random.nextInt(8));
        case 1 -> Arrays.fill(bytes, from, to, (byte) 0);
        case 2 -> {
          return Arrays.copyOf(bytes, from);
        }
        case 3 -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + random.nextInt(10_000));
          return longer;
        }
        case 4 -> {
          // What belongs elsewhere, at a place where records may begin.
          int length = Math.min(to - from, other.length);
          System.arraycopy(other, 0, bytes, from / 64 * 64, length);
        }
        default -> {
          byte[] noise = new byte[to - from];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, bytes, from, noise.length);
        }
      }
      return bytes;
    }
  }
}
