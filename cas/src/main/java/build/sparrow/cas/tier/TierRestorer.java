package build.sparrow.cas.tier;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings blobs back from the tier, each once at a time, compared with their digests. */
final class TierRestorer implements Restorer {
  private static final Logger log = LoggerFactory.getLogger(TierRestorer.class);

  /** Of one call; what is more stays missing. */
  static final long MAX_BYTES = 512L << 20;

  private static final int PARALLEL_FETCHES = 32;

  private final ObjectStore objects;
  private final ObjectNames names;
  private final BlobStore target;
  private final TierHealth health;
  private final Duration limit;
  private final Semaphore permits = new Semaphore(PARALLEL_FETCHES);
  private final Map<Item.Blob, CompletableFuture<Boolean>> underWay = new ConcurrentHashMap<>();

  /**
   * A restorer.
   *
   * @param limit after which a call goes on without what has not come
   */
  TierRestorer(
      ObjectStore objects, ObjectNames names, BlobStore target, TierHealth health, Duration limit) {
    this.objects = objects;
    this.names = names;
    this.target = target;
    this.health = health;
    this.limit = limit;
  }

  @Override
  public Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException {
    if (missing.isEmpty() || !health.allows()) {
      return Set.of();
    }
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    Map<Digest, CompletableFuture<Boolean>> fetches = new LinkedHashMap<>();
    long bytes = 0;
    for (Digest digest : missing) {
      if (digest.sizeBytes() <= MAX_BYTES - bytes && !fetches.containsKey(digest)) {
        bytes += digest.sizeBytes();
        fetches.put(digest, fetchOnce(new Item.Blob(scope, digest)));
      }
    }
    return restored(fetches, deadlineNanos);
  }

  private static Set<Digest> restored(
      Map<Digest, CompletableFuture<Boolean>> fetches, long deadlineNanos) throws IOException {
    Set<Digest> restored = new HashSet<>();
    try {
      for (Map.Entry<Digest, CompletableFuture<Boolean>> fetch : fetches.entrySet()) {
        long leftNanos = Math.max(0, deadlineNanos - System.nanoTime());
        try {
          if (fetch.getValue().get(leftNanos, TimeUnit.NANOSECONDS)) {
            restored.add(fetch.getKey());
          }
        } catch (TimeoutException _) {
          // It may come later; until then it is missing.
        } catch (ExecutionException e) {
          log.atError()
              .addKeyValue("blob", fetch.getKey())
              .setCause(e.getCause())
              .log("A fetch from the tier broke; the blob is as if it were missing");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while the tier was asked");
    }
    return restored;
  }

  private CompletableFuture<Boolean> fetchOnce(Item.Blob blob) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> others = underWay.putIfAbsent(blob, mine);
    if (others != null) {
      return others;
    }
    Thread.ofVirtual()
        .name("tier-fetch")
        .start(
            () -> {
              try {
                boolean restored = fetch(blob);
                // First, so that who asks after the answer was given has it fetched anew.
                underWay.remove(blob, mine);
                mine.complete(restored);
              } catch (Throwable e) {
                underWay.remove(blob, mine);
                mine.completeExceptionally(e);
              }
            });
    return mine;
  }

  /** Whether the target has it now. */
  private boolean fetch(Item.Blob blob) {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    try {
      if (!permits.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      try {
        return fetch(blob, deadlineNanos);
      } finally {
        permits.release();
      }
    } catch (TierException e) {
      health.failed(e);
    } catch (DigestMismatchException e) {
      health.corruptBlobs.increment();
      log.atWarn()
          .addKeyValue("object", names.of(blob))
          .addKeyValue("problem", e.getMessage())
          .log("An object of the tier is not what its name says; it is as if it were missing");
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("blob", blob.digest())
          .setCause(e)
          .log("Cannot store what the tier has");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean fetch(Item.Blob blob, long deadlineNanos) throws IOException {
    Optional<InputStream> object = objects.get(names.of(blob));
    if (object.isEmpty()) {
      health.succeeded();
      return false;
    }
    try (InputStream in = object.get();
        BlobUpload upload = target.write(blob.scope(), blob.digest())) {
      byte[] chunk = new byte[Math.clamp(blob.digest().sizeBytes() + 1, 1, CasLimits.CHUNK_BYTES)];
      int count = 0;
      while (!upload.alreadyStored() && (count = in.read(chunk, 0, chunk.length)) >= 0) {
        upload.write(chunk, 0, count);
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new TierException("GET took longer than %s".formatted(limit), false, null);
        }
      }
      upload.commit();
    }
    health.succeeded();
    health.restoredBlobs.increment();
    health.restoredBytes.add(blob.digest().sizeBytes());
    return true;
  }
}
