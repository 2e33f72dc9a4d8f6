package build.sparrow.frontend.farm;

import build.sparrow.cas.grpc.StoreStatus;
import build.sparrow.cas.replica.client.ShardReport;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.ShardStatus;
import java.io.IOException;
import java.util.List;

/** Asks the shards how they stand. */
public final class StorageInspection {
  private final StoreStatus.Work<List<ShardReport>> shards;
  private final int copies;

  /**
   * An inspection.
   *
   * @param shards asks all of them
   * @param copies of each item that the storage keeps
   */
  public StorageInspection(StoreStatus.Work<List<ShardReport>> shards, int copies) {
    this.shards = shards;
    this.copies = copies;
  }

  /** What all of them answered, or that they did not. */
  InspectStorageResponse report() throws IOException {
    InspectStorageResponse.Builder response = InspectStorageResponse.newBuilder().setCopies(copies);
    for (ShardReport report : shards.run()) {
      ShardStatus.Builder status = ShardStatus.newBuilder().setShard(report.shard().toString());
      response.addShards(
          switch (report) {
            case ShardReport.Answered(_, var answer) -> status.setReport(answer);
            case ShardReport.Silent(_, var reason) -> status.setFailure(reason);
          });
    }
    return response.build();
  }
}
