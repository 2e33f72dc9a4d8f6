package build.sparrow.cas.file;

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
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreCrashTest {
  private static final Duration LEASE = Duration.ofHours(3);
  private static final long CAPACITY_BYTES = 1L << 30;
  private static final int STORED_BEFORE_KILL = 150;

  @TempDir Path folder;

  /** Stores blobs without end and says which it has stored. */
  static final class Writer {
    public static void main(String[] args) throws IOException {
      long seed = Long.parseLong(args[1]);
      try (FileBlobStore store = FileBlobStore.open(Path.of(args[0]), CAPACITY_BYTES, LEASE)) {
        for (int i = 0; ; i++) {
          ByteString blob = random(seed + i, 100 + (i % 40) * 5_000);
          Digest digest = digestOf(blob);
          try (BlobUpload upload = store.write(SCOPE, digest)) {
            upload.write(blob.substring(0, blob.size() / 2));
            upload.write(blob.substring(blob.size() / 2));
            upload.commit();
          }
          System.out.println(digest);
        }
      }
    }
  }

  @Test
  void whatWasStoredIsReadable_andNothingElseIsLeft_whenTheProcessIsKilled() throws Exception {
    List<Digest> stored = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      stored.addAll(storeUntilKilled(round * 1_000_000L));
    }

    try (FileBlobStore store = FileBlobStore.open(folder, CAPACITY_BYTES, LEASE)) {
      assertThat(store.findMissing(SCOPE, stored)).isEmpty();
      for (Digest digest : stored) {
        try (InputStream in = store.read(SCOPE, digest, 0, 0)) {
          assertThat(digestOf(ByteString.readFrom(in))).isEqualTo(digest);
        }
      }
      assertThat(temporaries()).isZero();
      // The last blob of a round may be there without having been told of.
      assertThat(store.usage().entries()).isBetween((long) stored.size(), stored.size() + 2L);
    }
  }

  private List<Digest> storeUntilKilled(long seed) throws Exception {
    Process writer =
        new ProcessBuilder(
                Path.of(property("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                property("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Digest> stored = new ArrayList<>();
    try (BufferedReader lines = writer.inputReader(UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        // Log lines come by the same way.
        if (line.matches("[0-9a-f]{64}/[0-9]+")) {
          stored.add(digest(line));
        }
        if (stored.size() == STORED_BEFORE_KILL) {
          // Unlike that of the process, it leaves the pipe open, with what was said before.
          assertThat(writer.toHandle().destroyForcibly()).isTrue();
        }
        line = lines.readLine();
      }
    }
    assertThat(writer.waitFor()).as("killed by SIGKILL").isEqualTo(137);
    assertThat(stored.size()).isGreaterThanOrEqualTo(STORED_BEFORE_KILL);
    return stored;
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name));
  }

  private static Digest digest(String line) {
    int slash = line.indexOf('/');
    return new Digest(line.substring(0, slash), Long.parseLong(line.substring(slash + 1)));
  }

  private long temporaries() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
      return files.count();
    }
  }
}
