package build.sparrow.cas;

import build.sparrow.cas.file.FileActionCache;
import build.sparrow.cas.file.FileBlobStore;
import build.sparrow.cas.segment.SegmentedActionCache;
import build.sparrow.cas.segment.SegmentedBlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a shard holds, in one of the engines. */
sealed interface ShardStorage extends AutoCloseable {
  /** The action cache takes that part of the disk, and blobs the rest. */
  int ACTION_CACHE_PART = 16;

  ListedBlobStore blobs();

  ListedActionCache results();

  StoreUsage blobUsage();

  StoreUsage resultUsage();

  /** What only opening it anew can mend; empty while it is sound. */
  Optional<String> fault();

  /** Has that run once the disk could not keep what was written to it. */
  void whenDiskFails(Runnable listener);

  @Override
  void close() throws IOException;

  /**
   * Opens what the data directory holds, with the engine that it was written by.
   *
   * @throws IOException if the directory cannot be used, or is of another engine than was asked for
   */
  static ShardStorage open(CasConfig config) throws IOException {
    Path blobs = config.dataDirectory().resolve("cas");
    Path results = config.dataDirectory().resolve("ac");
    long resultBytes = config.capacity().bytes() / ACTION_CACHE_PART;
    long blobBytes = config.capacity().bytes() - resultBytes;
    return switch (engine(config, blobs)) {
      case FILES -> {
        FileBlobStore store = FileBlobStore.open(blobs, blobBytes, config.lease());
        try {
          yield new InFiles(store, FileActionCache.open(results, resultBytes));
        } catch (IOException | RuntimeException e) {
          store.close();
          throw e;
        }
      }
      case SEGMENTS, AS_FOUND -> {
        SegmentedBlobStore store =
            SegmentedBlobStore.open(blobs, blobBytes, config.lease(), config.durability());
        try {
          yield new InSegments(
              store, SegmentedActionCache.open(results, resultBytes, config.durability()));
        } catch (IOException | RuntimeException e) {
          store.close();
          throw e;
        }
      }
    };
  }

  private static StorageEngine engine(CasConfig config, Path blobs) throws IOException {
    StorageEngine wanted = config.engine();
    StorageEngine found = found(blobs);
    if (found == StorageEngine.AS_FOUND || wanted == found) {
      return wanted;
    }
    if (wanted != StorageEngine.AS_FOUND) {
      throw new IOException(
          "Data directory %s was written with the engine \"%s\", while \"%s\" is asked for; ask for the one that it has, or give an empty directory"
              .formatted(config.dataDirectory(), found, wanted));
    }
    if (found == StorageEngine.FILES) {
      Logger log = LoggerFactory.getLogger(ShardStorage.class);
      log.atWarn()
          .addKeyValue("dataDirectory", config.dataDirectory())
          .log("The directory has a file for each blob and is used so; an empty one gets segments");
    }
    return found;
  }

  /** Which engine wrote the folder; {@code AS_FOUND} if none did. */
  private static StorageEngine found(Path blobs) {
    if (Files.exists(blobs.resolve("format"))) {
      return StorageEngine.SEGMENTS;
    }
    return Files.isDirectory(blobs.resolve("tmp")) ? StorageEngine.FILES : StorageEngine.AS_FOUND;
  }

  /** Files of blobs and results. */
  record InFiles(FileBlobStore blobs, FileActionCache results) implements ShardStorage {
    @Override
    public StoreUsage blobUsage() {
      return blobs.usage();
    }

    @Override
    public StoreUsage resultUsage() {
      return results.usage();
    }

    @Override
    public Optional<String> fault() {
      return Optional.empty();
    }

    @Override
    public void whenDiskFails(Runnable listener) {
      // It acknowledges nothing as durable, so no failure is more than that of one write.
    }

    @Override
    public void close() throws IOException {
      try (blobs) {
        results.close();
      }
    }
  }

  /** Segments. */
  record InSegments(SegmentedBlobStore blobs, SegmentedActionCache results)
      implements ShardStorage {
    @Override
    public StoreUsage blobUsage() {
      return blobs.usage();
    }

    @Override
    public StoreUsage resultUsage() {
      return results.usage();
    }

    @Override
    public Optional<String> fault() {
      return blobs.fault().or(results::fault);
    }

    @Override
    public void whenDiskFails(Runnable listener) {
      blobs.whenDiskFails(listener);
      results.whenDiskFails(listener);
    }

    @Override
    public void close() throws IOException {
      try (blobs) {
        results.close();
      }
    }
  }
}
