package build.sparrow.cas;

import build.sparrow.cas.grpc.ActionCacheService;
import build.sparrow.cas.grpc.ByteStreamService;
import build.sparrow.cas.grpc.ContentAddressableStorageService;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcServer;
import build.sparrow.service.ServiceGroup;
import io.prometheus.client.CollectorRegistry;

/** A shard: a blob store and an action cache on a disk of its own, served over gRPC. */
public final class CasMain implements AutoCloseable {
  private final ServiceGroup services;
  private final Endpoint endpoint;

  private CasMain(ServiceGroup services, Endpoint endpoint) {
    this.services = services;
    this.endpoint = endpoint;
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
      MeteredBlobStore store =
          services.start(
              "store metrics",
              () -> new MeteredBlobStore(storage.blobs(), "sparrow_cas", registry));
      ActionCache cache =
          new CompletenessCheckingActionCache(new ValidatingActionCache(storage.results()), store);
      ByteStreamService byteStream = services.start("uploads", () -> new ByteStreamService(store));
      GrpcServer server =
          services.start(
              "shard",
              () ->
                  GrpcServer.builder(config.listen())
                      .addService(new ContentAddressableStorageService(store))
                      .addService(byteStream)
                      .addService(new ActionCacheService(cache, store))
                      .build()
                      .start());
      return new CasMain(services, server.endpoint());
    } catch (Exception e) {
      services.close();
      throw e;
    }
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
