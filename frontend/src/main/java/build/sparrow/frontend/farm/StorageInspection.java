package build.sparrow.frontend.farm;

import build.sparrow.cas.replica.Placements;
import build.sparrow.cas.replica.client.GrowthReport;
import build.sparrow.cas.replica.client.ReplicatedStorage;
import build.sparrow.cas.replica.client.ShardReport;
import build.sparrow.farm.v1.GrowStorageRequest;
import build.sparrow.farm.v1.GrowStorageResponse;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.ShardStatus;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.service.Endpoint;
import java.io.IOException;

/** Asks the shards how they stand, and has others join them. */
public final class StorageInspection {
  private final ReplicatedStorage storage;
  private final int copies;

  /**
   * An inspection.
   *
   * @param storage of the farm
   * @param copies of each item that the storage keeps
   */
  public StorageInspection(ReplicatedStorage storage, int copies) {
    this.storage = storage;
    this.copies = copies;
  }

  /** What all of them answered, or that they did not. */
  InspectStorageResponse report() throws IOException {
    InspectStorageResponse.Builder response = InspectStorageResponse.newBuilder().setCopies(copies);
    for (ShardReport report : storage.inspect()) {
      ShardStatus.Builder status = ShardStatus.newBuilder().setShard(report.shard().toString());
      response.addShards(
          switch (report) {
            case ShardReport.Answered(_, var answer) -> status.setReport(answer);
            case ShardReport.Silent(_, var reason) -> status.setFailure(reason);
          });
    }
    return response.build();
  }

  /** Takes the storage one step nearer to what is wanted. */
  GrowStorageResponse grow(GrowStorageRequest request) throws IOException {
    GrowthReport report;
    try {
      report = storage.grow(request.getShardsList().stream().map(Endpoint::parse).toList());
    } catch (IllegalArgumentException e) {
      throw ReapiStatus.invalidArgument(String.valueOf(e.getMessage()));
    }
    return GrowStorageResponse.newBuilder()
        .setPlacement(Placements.toProto(report.placement()))
        .setWaiting(report.waiting())
        .build();
  }
}
