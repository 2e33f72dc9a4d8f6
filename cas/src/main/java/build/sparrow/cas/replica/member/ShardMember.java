package build.sparrow.cas.replica.member;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.ListedActionCache;
import build.sparrow.cas.ListedBlobStore;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.replica.RemoteShard;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.ServiceGroup;
import build.sparrow.storage.v1.Repair;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptor;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A shard's part in a farm of several. */
public final class ShardMember implements AutoCloseable {
  private final ServiceGroup services;
  private final BlobStore blobs;
  private final ActionCache results;
  private final ReplicationService service;
  private final PlacementFence fence;
  private final RepairReport repair;
  private final Standing standing;
  private final Arrears arrears;

  private ShardMember(
      ServiceGroup services,
      BlobStore blobs,
      ActionCache results,
      ReplicationService service,
      PlacementFence fence,
      RepairReport repair,
      Standing standing,
      Arrears arrears) {
    this.services = services;
    this.standing = standing;
    this.blobs = blobs;
    this.results = results;
    this.service = service;
    this.fence = fence;
    this.repair = repair;
    this.arrears = arrears;
  }

  /**
   * Begins to bring others what they are owed, and to fetch what the disk lacks.
   *
   * @param members in the same folder
   * @param folder for what the shard remembers of that; beside its stores, on the same disk
   * @param list names what the blob store holds
   * @param resultList names what the action cache holds
   * @param restorers gives what brings back blobs into a store
   * @throws Exception if the folder cannot be used; nothing runs then
   */
  public static ShardMember start(
      Members members,
      Path folder,
      BlobStore blobs,
      ListedBlobStore list,
      ListedActionCache resultList,
      ActionCache results,
      Function<BlobStore, Restorer> restorers,
      CollectorRegistry registry)
      throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      Files.createDirectories(folder);
      Map<Endpoint, ManagedChannel> channels = new ConcurrentHashMap<>();
      services.start(
          "channels to other shards",
          () -> () -> channels.values().forEach(ManagedChannel::shutdownNow));
      members.connect(
          peer -> RemoteShard.ofPeer(channels.computeIfAbsent(peer, GrpcChannels::connect)));
      ScopeBook scopes =
          services.start("namespaces", () -> ScopeBook.open(folder.resolve("namespaces")));
      BlobStore noted = new ScopeNotingBlobStore(blobs, scopes);
      ActionCache latest = new ScopeNotingActionCache(new LatestWinsActionCache(results), scopes);
      Courier courier =
          new Courier(noted, latest, new Pace(Pace.REPAIR_BYTES_PER_SECOND, System::nanoTime));
      Debts debts =
          services.start("debts", () -> Debts.open(folder.resolve("owed"), members, courier));
      Standing standing = Standing.open(folder.resolve("complete-since-boot"));
      if (!members.hasSelf()) {
        // The disk may be one of an earlier farm.
        standing.doubt();
      }
      CatchUp catchUp =
          services.start(
              "catching up", () -> new CatchUp(members, noted, latest, courier, debts, standing));
      services.start("gauges of the part", () -> MemberGauges.register(debts, standing, registry));
      Arrears arrears = services.start("arrears", () -> new Arrears(members, standing, catchUp));
      return new ShardMember(
          services,
          noted,
          latest,
          new ReplicationService(
              members,
              noted,
              list,
              resultList,
              latest,
              scopes,
              debts,
              courier,
              catchUp,
              standing,
              restorers.apply(noted)),
          new PlacementFence(members),
          new RepairReport(members, standing, catchUp, courier, debts),
          standing,
          arrears);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  /** The blobs, to be served in place of the store that was given. */
  public BlobStore blobs() {
    return blobs;
  }

  /** The results, to be served in place of the cache that was given. */
  public ActionCache results() {
    return results;
  }

  /** What others ask. */
  public BindableService service() {
    return service;
  }

  /** Refuses calls that go by another placement than the shard has. */
  public ServerInterceptor fence() {
    return fence;
  }

  /** How far the shard is with what it lacks and with what it owes. */
  public Repair repair() {
    return repair.now();
  }

  /**
   * Told that the disk may not hold all that was written to it: the shard's word does not count any
   * more, and the next one on this disk compares it with those of the others.
   */
  public void doubt() {
    standing.doubt();
  }

  /** Why no other shard should be stopped on purpose now; empty if one may be. */
  public Optional<String> arrears() {
    return arrears.explain();
  }

  @Override
  public void close() {
    services.close();
  }
}
