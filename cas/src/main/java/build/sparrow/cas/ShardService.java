package build.sparrow.cas;

import build.sparrow.storage.v1.InspectShardRequest;
import build.sparrow.storage.v1.InspectShardResponse;
import build.sparrow.storage.v1.Repair;
import build.sparrow.storage.v1.ShardGrpc.ShardImplBase;
import build.sparrow.storage.v1.TierStatus;
import com.google.protobuf.Duration;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.Supplier;

/** Says how the shard stands. */
final class ShardService extends ShardImplBase {
  private final ShardStorage storage;
  private final Supplier<Optional<Repair>> repair;
  private final Supplier<Optional<TierStatus>> tier;

  /**
   * A service.
   *
   * @param repair how it stands with the other shards; empty if there are none
   * @param tier how its tier does; empty if it has none
   */
  ShardService(
      ShardStorage storage,
      Supplier<Optional<Repair>> repair,
      Supplier<Optional<TierStatus>> tier) {
    this.storage = storage;
    this.repair = repair;
    this.tier = tier;
  }

  @Override
  public void inspect(InspectShardRequest request, StreamObserver<InspectShardResponse> responses) {
    InspectShardResponse.Builder response =
        InspectShardResponse.newBuilder()
            .setBlobs(toProto(storage.blobUsage()))
            .setResults(toProto(storage.resultUsage()));
    repair.get().ifPresent(response::setRepair);
    tier.get().ifPresent(response::setTier);
    responses.onNext(response.build());
    responses.onCompleted();
  }

  private static build.sparrow.storage.v1.StoreUsage toProto(StoreUsage usage) {
    var proto =
        build.sparrow.storage.v1.StoreUsage.newBuilder()
            .setUsedBytes(usage.usedBytes())
            .setCapacityBytes(usage.capacityBytes())
            .setEntries(usage.entries())
            .setEvictedEntries(usage.evictedEntries())
            .setCorruptEntries(usage.corruptEntries())
            .setReadOnly(usage.isReadOnly());
    if (usage.evictedEntries() > 0) {
      proto.setRetention(Duration.newBuilder().setSeconds(usage.retention().toSeconds()));
    }
    return proto.build();
  }
}
