package build.sparrow.cas;

import build.sparrow.cas.grpc.ActionCacheService;
import build.sparrow.cas.grpc.ByteStreamService;
import build.sparrow.cas.grpc.ContentAddressableStorageService;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.member.Members;
import build.sparrow.cas.replica.member.Membership;
import build.sparrow.cas.replica.member.ShardMember;
import build.sparrow.cas.tier.Tier;
import build.sparrow.cas.tier.TierConfig;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcServer;
import build.sparrow.service.ServiceGroup;
import build.sparrow.storage.v1.TierStatus;
import io.grpc.BindableService;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A shard: a blob store and an action cache on a disk of its own, served over gRPC. */
public final class CasMain implements AutoCloseable {
  /** What the shard remembers of others lies there, in the data directory. */
  private static final String REPLICA = "replica";

  private final ServiceGroup services;
  private final ShardStorage storage;
  private final Endpoint endpoint;
  private final @Nullable ShardMember member;

  private CasMain(
      ServiceGroup services,
      ShardStorage storage,
      Endpoint endpoint,
      @Nullable ShardMember member) {
    this.services = services;
    this.storage = storage;
    this.endpoint = endpoint;
    this.member = member;
  }

  /**
   * Opens what the data directory holds and serves it.
   *
   * @throws Exception if the directory or the port cannot be used; nothing runs then
   */
  public static CasMain start(CasConfig config) throws Exception {
    return start(config, CollectorRegistry.defaultRegistry);
  }

  /** As {@link #start(CasConfig)}, with metrics in that registry until it is closed. */
  public static CasMain start(CasConfig config, CollectorRegistry registry) throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      ShardStorage storage = services.start("storage", () -> ShardStorage.open(config));
      services.start(
          "store gauges",
          () -> StoreGauges.register(storage::blobUsage, storage::resultUsage, registry));
      MeteredBlobStore metered =
          services.start(
              "store metrics",
              () -> new MeteredBlobStore(storage.blobs(), "sparrow_cas", registry));
      Members members = members(config);
      Tier tier = startTier(config, storage, members, registry, services);
      BlobStore store = tier == null ? metered : tier.behind(metered);
      Function<BlobStore, Restorer> restorers = tier == null ? _ -> Restorer.NONE : tier::into;
      Supplier<Optional<TierStatus>> tierStatus =
          () -> tier == null ? Optional.empty() : Optional.of(tier.status());
      ActionCache valid = new ValidatingActionCache(storage.results());
      if (members == null) {
        // Past the queue: what came from the tier need not be put there.
        Restorer restorer = restorers.apply(metered);
        BlobStore restoring = new RestoringBlobStore(store, restorer);
        GrpcServer server =
            serve(
                GrpcServer.builder(config.listen()),
                services,
                restoring,
                new CompletenessCheckingActionCache(valid, restoring, restorer),
                new ShardService(storage, Optional::empty, tierStatus));
        return new CasMain(services, storage, server.endpoint(), null);
      }
      ShardMember member =
          services.start(
              "part in the farm's storage",
              () ->
                  ShardMember.start(
                      members,
                      config.dataDirectory().resolve(REPLICA),
                      store,
                      storage.blobs(),
                      storage.results(),
                      valid,
                      restorers,
                      registry));
      storage.whenDiskFails(member::doubt);
      // What results reference lies on other shards, too: those who ask see to it.
      GrpcServer server =
          serve(
              GrpcServer.builder(config.listen()).intercept(member.fence()),
              services,
              member.blobs(),
              member.results(),
              member.service(),
              new ShardService(storage, () -> Optional.of(member.repair()), tierStatus));
      return new CasMain(services, storage, server.endpoint(), member);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  /** Which shards the farm has; null if this is the only one. */
  private static @Nullable Members members(CasConfig config) throws IOException {
    Membership membership = config.membership();
    return membership == null
        ? null
        : Members.open(membership, config.dataDirectory().resolve(REPLICA));
  }

  private static @Nullable Tier startTier(
      CasConfig config,
      ShardStorage storage,
      @Nullable Members members,
      CollectorRegistry registry,
      ServiceGroup services)
      throws Exception {
    TierConfig tier = config.tier();
    if (tier == null) {
      return null;
    }
    // One of its homes puts a blob there; the other has it for when that one is lost.
    Predicate<Item.Blob> mine = blob -> members == null || members.isFirstHome(blob);
    return services.start(
        "tier",
        () ->
            Tier.start(
                tier, config.dataDirectory().resolve("tier"), storage.blobs(), mine, registry));
  }

  private static GrpcServer serve(
      GrpcServer.Builder server,
      ServiceGroup services,
      BlobStore store,
      ActionCache results,
      BindableService... further)
      throws Exception {
    ByteStreamService byteStream = services.start("uploads", () -> new ByteStreamService(store));
    server
        .addService(new ContentAddressableStorageService(store))
        .addService(byteStream)
        .addService(new ActionCacheService(results, store));
    for (BindableService service : further) {
      server.addService(service);
    }
    return services.start("shard", () -> server.build().start());
  }

  /** Why no other shard of the farm should be stopped on purpose now; empty if one may be. */
  public Optional<String> arrears() {
    return member == null ? Optional.empty() : member.arrears();
  }

  /** What only a new start of the shard can mend; empty while it is sound. */
  public Optional<String> fault() {
    return storage.fault();
  }

  /** Where the shard serves. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Stops in order: calls end first, the folders are given free last. */
  @Override
  public void close() {
    services.close();
  }
}
