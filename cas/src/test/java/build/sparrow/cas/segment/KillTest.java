package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobUpload;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes that write, at random moments. More of them by {@code -Dkills=N}. */
class KillTest {
  private static final Duration LEASE = Duration.ofSeconds(2);
  // Segments of 256 KiB: small ones are sealed while they are written to, large ones have their
  // own.
  private static final long CAPACITY_BYTES = 64 << 20;
  private static final int MAX_STORED_BEFORE_KILL = 150;

  @TempDir Path folder;

  private static SegmentedBlobStore open(Path folder) throws IOException {
    return SegmentedBlobStore.open(folder, CAPACITY_BYTES, LEASE, Durability.GROUPED);
  }

  /** Stores blobs without end, with two threads, and says which it has stored. */
  static final class Writer {
    public static void main(String[] args) throws Exception {
      long seed = Long.parseLong(args[1]);
      SegmentedBlobStore store = open(Path.of(args[0]));
      Thread.ofPlatform().start(() -> write(store, new Random(~seed)));
      write(store, new Random(seed));
    }

    private static void write(SegmentedBlobStore store, Random random) {
      try {
        while (true) {
          int sizeBytes = 1 + random.nextInt(1 << (6 + random.nextInt(13)));
          ByteString blob = random(random.nextLong(), sizeBytes);
          Digest digest = digestOf(blob);
          if (random.nextInt(3) == 0) {
            store.writeAll(SCOPE, Map.of(digest, blob));
          } else {
            try (BlobUpload upload = store.write(SCOPE, digest)) {
              upload.write(blob.substring(0, blob.size() / 2));
              upload.write(blob.substring(blob.size() / 2));
              upload.commit();
            }
          }
          synchronized (System.out) {
            System.out.println(digest + ";");
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void whatWasAcknowledgedIsReadable_andNoByteIsWrong_whenTheProcessIsKilled() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int kill = 0; kill < Integer.getInteger("kills", 30); kill++) {
      List<Digest> acknowledged = storeUntilKilled(random);
      try (SegmentedBlobStore store = open(folder)) {
        assertThat(store.findMissing(SCOPE, acknowledged))
            .as("acknowledged and missing, seed %d, kill %d", seed, kill)
            .isEmpty();
        for (Digest digest : acknowledged) {
          try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
            assertThat(digestOf(ByteString.readFrom(in))).as("seed %d", seed).isEqualTo(digest);
          }
        }
        assertThat(temporaries()).isZero();
        assertThat(bytesOnDisk()).isLessThanOrEqualTo(CAPACITY_BYTES);
      }
    }
  }

  private List<Digest> storeUntilKilled(Random random) throws Exception {
    int storedBeforeKill = random.nextInt(MAX_STORED_BEFORE_KILL);
    Process writer =
        new ProcessBuilder(
                Path.of(property("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                property("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                Long.toString(random.nextInt()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Digest> stored = new ArrayList<>();
    try (BufferedReader lines = writer.inputReader(UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        // Log lines come by the same way; the end of the last line may be missing.
        if (line.matches("[0-9a-f]{64}/[0-9]+;")) {
          stored.add(digest(line));
        }
        if (stored.size() >= storedBeforeKill) {
          // Unlike that of the process, it leaves the pipe open, with what was said before.
          writer.toHandle().destroyForcibly();
        }
        line = lines.readLine();
      }
    }
    assertThat(writer.waitFor()).as("killed by SIGKILL").isEqualTo(137);
    return stored;
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name));
  }

  private static Digest digest(String line) {
    int slash = line.indexOf('/');
    long sizeBytes = Long.parseLong(line.substring(slash + 1, line.length() - 1));
    return new Digest(line.substring(0, slash), sizeBytes);
  }

  private long temporaries() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".tmp")).count();
    }
  }

  private long bytesOnDisk() throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
