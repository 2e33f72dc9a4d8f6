package build.sparrow.cas.tier;

import build.sparrow.cas.BlobStore;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.service.ServiceGroup;
import build.sparrow.storage.v1.TierStatus;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** The tier of a shard. Whatever is wrong with it, no call fails here for it. */
public final class Tier implements AutoCloseable {
  /** A cache hit may wait so long for outputs that only the tier has; else it is a miss. */
  private static final Duration RESTORE_LIMIT = Duration.ofSeconds(10);

  private final ServiceGroup services;
  private final ObjectStore objects;
  private final ObjectNames names;
  private final TierHealth health;
  private final WriteBehind queue;
  private final Predicate<Item.Blob> mine;

  private Tier(
      ServiceGroup services,
      ObjectStore objects,
      ObjectNames names,
      TierHealth health,
      WriteBehind queue,
      Predicate<Item.Blob> mine) {
    this.services = services;
    this.objects = objects;
    this.names = names;
    this.health = health;
    this.queue = queue;
    this.mine = mine;
  }

  /**
   * Begins to put into the tier what an earlier process left to do.
   *
   * @param folder for what is still to be put there; beside the stores, on the same disk
   * @param local from which blobs are read
   * @param mine which blobs this shard puts there, of all that it stores
   * @throws Exception if the folder cannot be used; that the tier is away is no reason
   */
  public static Tier start(
      TierConfig config,
      Path folder,
      BlobStore local,
      Predicate<Item.Blob> mine,
      CollectorRegistry registry)
      throws Exception {
    return start(S3ObjectStore.open(config), config.prefix(), folder, local, mine, registry);
  }

  /** As above, with these objects, which are closed with it. */
  static Tier start(
      ObjectStore objects,
      String prefix,
      Path folder,
      BlobStore local,
      Predicate<Item.Blob> mine,
      CollectorRegistry registry)
      throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      services.start("objects", () -> objects);
      ObjectNames names = new ObjectNames(prefix);
      TierHealth health = new TierHealth(System::nanoTime);
      WriteBehind queue =
          services.start(
              "uploads to the tier", () -> WriteBehind.open(folder, objects, names, local, health));
      services.start("gauges of the tier", () -> TierGauges.register(health, queue, registry));
      return new Tier(services, objects, names, health, queue, mine);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  /** The store, with what is written to it being put into the tier, too. */
  public BlobStore behind(BlobStore store) {
    return new WriteBehindBlobStore(
        store,
        (scope, digest) -> {
          Item.Blob blob = new Item.Blob(scope, digest);
          if (!digest.isEmpty() && mine.test(blob)) {
            queue.offer(blob);
          }
        });
  }

  /** Brings blobs from the tier into a store. */
  public Restorer into(BlobStore store) {
    return new TierRestorer(objects, names, store, health, RESTORE_LIMIT);
  }

  /** How it does. */
  public TierStatus status() {
    return TierStatus.newBuilder()
        .setAvailable(health.isAvailable())
        .setLastFailure(health.lastFailure())
        .setQueuedBlobs(queue.queuedBlobs())
        .setUploadedBlobs(health.uploadedBlobs.sum())
        .setDroppedBlobs(health.droppedBlobs.sum())
        .setRestoredBlobs(health.restoredBlobs.sum())
        .setCorruptBlobs(health.corruptBlobs.sum())
        .setFailures(health.failures.sum())
        .build();
  }

  @Override
  public void close() {
    services.close();
  }
}
