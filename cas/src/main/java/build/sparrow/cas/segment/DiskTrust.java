package build.sparrow.cas.segment;

import build.sparrow.cas.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk keeps what is written to it. Once it said that it could not, nobody knows what
 * of the last writes it has: the kernel reports such a failure once, and takes the pages for
 * written from then on. So nothing more is written, nothing is taken for durable and nothing is
 * evicted; what can be read is read. Only opening the store anew, which looks at what is there,
 * ends that.
 */
final class DiskTrust {
  private static final Logger log = LoggerFactory.getLogger(DiskTrust.class);

  private final Path folder;
  private final List<Runnable> listeners = new ArrayList<>();
  private volatile @Nullable IOException failure;

  DiskTrust(Path folder) {
    this.folder = folder;
  }

  /** Refuses what needs a disk that can be trusted. */
  void check() throws StoreUnavailableException {
    IOException lost = failure;
    if (lost != null) {
      throw new StoreUnavailableException(explanation(lost), lost);
    }
  }

  /** Told that what was written may not be on the disk. */
  void lose(IOException cause) {
    List<Runnable> told;
    synchronized (listeners) {
      if (failure != null) {
        return;
      }
      failure = cause;
      told = List.copyOf(listeners);
    }
    log.atError().addKeyValue("folder", folder).setCause(cause).log(explanation(cause));
    told.forEach(Runnable::run);
  }

  /** Has that run once the disk is not trusted any more; at once if it is not. */
  void whenLost(Runnable listener) {
    synchronized (listeners) {
      if (failure == null) {
        listeners.add(listener);
        return;
      }
    }
    listener.run();
  }

  /** Why the disk is not trusted, for people; empty while it is. */
  Optional<String> fault() {
    return Optional.ofNullable(failure).map(this::explanation);
  }

  private String explanation(IOException cause) {
    return "The disk of %s could not keep what was written to it (%s), so nothing more is written; look after the disk and start the shard again"
        .formatted(folder, cause.getMessage());
  }
}
