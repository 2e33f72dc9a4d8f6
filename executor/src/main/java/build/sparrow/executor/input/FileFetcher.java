package build.sparrow.executor.input;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Copies blobs from the store to files: small ones in batches, others one by one in a stream. */
final class FileFetcher {
  /** Above, a blob is streamed; below, it is one of a batch. */
  private static final int MAX_SMALL_BYTES = 1 << 20;

  private static final Set<PosixFilePermission> PLAIN =
      PosixFilePermissions.fromString("r--r--r--");
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("r-xr-xr-x");

  /** All inputs are equally old, so that no action's result depends on when they were fetched. */
  private static final FileTime MODIFIED = FileTime.from(Instant.parse("2000-01-01T00:00:00Z"));

  private final BlobStore store;
  private final Path temporaryDirectory;
  private final AtomicLong temporaries = new AtomicLong();

  FileFetcher(BlobStore store, Path temporaryDirectory) {
    this.store = store;
    this.temporaryDirectory = temporaryDirectory;
  }

  /** Is told of each file that is there. */
  interface Arrivals {
    void arrived(FileKey key) throws IOException;
  }

  /**
   * Fetches files, which the store verifies.
   *
   * @param places where each is to be
   * @param missing gets what the store does not hold
   */
  void fetch(BlobScope scope, Map<FileKey, Path> places, Arrivals arrivals, Set<Digest> missing)
      throws IOException {
    Map<Digest, List<FileKey>> batch = new HashMap<>();
    long batchBytes = 0;
    for (FileKey key : places.keySet()) {
      if (key.digest().sizeBytes() > MAX_SMALL_BYTES) {
        fetchLarge(scope, key, places, arrivals, missing);
        continue;
      }
      if (batchBytes + key.digest().sizeBytes() > CasLimits.MAX_BATCH_BYTES
          || batch.size() == CasLimits.MAX_BATCH_BLOBS) {
        fetchBatch(scope, batch, places, arrivals, missing);
        batch.clear();
        batchBytes = 0;
      }
      if (batch.computeIfAbsent(key.digest(), _ -> new ArrayList<>()).isEmpty()) {
        batchBytes += key.digest().sizeBytes();
      }
      batch.get(key.digest()).add(key);
    }
    if (!batch.isEmpty()) {
      fetchBatch(scope, batch, places, arrivals, missing);
    }
  }

  private void fetchBatch(
      BlobScope scope,
      Map<Digest, List<FileKey>> batch,
      Map<FileKey, Path> places,
      Arrivals arrivals,
      Set<Digest> missing)
      throws IOException {
    Map<Digest, ByteString> blobs = store.readAll(scope, batch.keySet());
    for (Map.Entry<Digest, List<FileKey>> wanted : batch.entrySet()) {
      ByteString bytes = blobs.get(wanted.getKey());
      if (bytes == null) {
        missing.add(wanted.getKey());
        continue;
      }
      for (FileKey key : wanted.getValue()) {
        place(key, bytes.newInput(), pathOf(places, key));
        arrivals.arrived(key);
      }
    }
  }

  private void fetchLarge(
      BlobScope scope,
      FileKey key,
      Map<FileKey, Path> places,
      Arrivals arrivals,
      Set<Digest> missing)
      throws IOException {
    try (InputStream in = store.read(scope, key.digest(), 0, 0)) {
      place(key, in, pathOf(places, key));
    } catch (BlobMissingException e) {
      missing.add(key.digest());
      return;
    }
    arrivals.arrived(key);
  }

  private static Path pathOf(Map<FileKey, Path> places, FileKey key) {
    return Objects.requireNonNull(places.get(key));
  }

  /** Writes under another name first: what has its name in the cache is whole. */
  private void place(FileKey key, InputStream in, Path file) throws IOException {
    Path temporary = temporaryDirectory.resolve(Long.toString(temporaries.incrementAndGet()));
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        in.transferTo(out);
      }
      finish(key, temporary);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Gives a file the age and the mode that every input has. */
  static void finish(FileKey key, Path file) throws IOException {
    Files.setLastModifiedTime(file, MODIFIED);
    Files.setPosixFilePermissions(file, key.isExecutable() ? EXECUTABLE : PLAIN);
  }
}
