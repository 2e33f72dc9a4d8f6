package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.ShardStatus;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.InspectShardResponse;
import build.sparrow.storage.v1.Placement;
import build.sparrow.storage.v1.Repair;
import build.sparrow.storage.v1.StoreUsage;
import build.sparrow.storage.v1.TierStatus;
import com.google.protobuf.Duration;
import org.junit.jupiter.api.Test;

final class StorageTextTest {
  private static StoreUsage.Builder usage(long usedBytes, long capacityBytes) {
    return StoreUsage.newBuilder().setUsedBytes(usedBytes).setCapacityBytes(capacityBytes);
  }

  private static InspectShardResponse.Builder report(StoreUsage.Builder blobs) {
    return InspectShardResponse.newBuilder()
        .setBlobs(blobs.setEntries(12_000))
        .setResults(usage(1L << 20, 1L << 30));
  }

  @Test
  void everyShardIsARow_withWhatItOwesAndWhomItWaitsFor() {
    InspectStorageResponse storage =
        InspectStorageResponse.newBuilder()
            .setCopies(2)
            .addShards(
                ShardStatus.newBuilder()
                    .setShard("s-0:8981")
                    .setReport(
                        report(
                                usage(9L << 30, 15L << 30)
                                    .setRetention(Duration.newBuilder().setSeconds(7200)))
                            .setRepair(
                                Repair.newBuilder()
                                    .setComplete(true)
                                    .setMovedBytes(3L << 19)
                                    .addDebts(Debt.newBuilder().setShard("s-1:8981"))
                                    .addDebts(
                                        Debt.newBuilder().setShard("s-2:8981").setItems(42)))))
            .addShards(
                ShardStatus.newBuilder()
                    .setShard("s-1:8981")
                    .setReport(
                        report(usage(1L << 30, 15L << 30))
                            .setRepair(
                                Repair.newBuilder()
                                    .addAwaitedShards("s-2:8981")
                                    .setComparedBlobs(7))))
            .addShards(ShardStatus.newBuilder().setShard("s-2:8981").setFailure("UNAVAILABLE"))
            .build();

    assertThat(StorageText.of(storage))
        .isEqualTo(
            """
            Storage of 3 shards, 2 copies of each item

            SHARD     STATE                 USED     CAPACITY  BLOBS  RETENTION  OWES  MOVED
            s-0:8981  serving               9.0 GiB  16 GiB    12000  2 h        42    1.5 MiB
            s-1:8981  catching up           1.0 GiB  16 GiB    12000  all kept   0     0 B
            s-2:8981  silent (UNAVAILABLE)  -        -         -      -          -     -

            s-1:8981 still compares its disk with s-2:8981; 7 blobs so far

            FROM      TO        ITEMS OWED
            s-0:8981  s-2:8981  42
            """);
  }

  @Test
  void aShardThatIsAloneOwesNobody_andAFullDiskIsSaid() {
    InspectStorageResponse storage =
        InspectStorageResponse.newBuilder()
            .setCopies(1)
            .addShards(
                ShardStatus.newBuilder()
                    .setShard("127.0.0.1:1")
                    .setReport(report(usage(0, 1 << 30).setReadOnly(true))))
            .build();

    assertThat(StorageText.of(storage))
        .isEqualTo(
            """
            Storage of 1 shard, one copy of each item

            SHARD        STATE      USED     CAPACITY  BLOBS  RETENTION  OWES  MOVED
            127.0.0.1:1  read-only  1.0 MiB  2.0 GiB   12000  all kept   -     -
            """);
  }

  @Test
  void howTheTierDoesIsATableOfItsOwn() {
    InspectStorageResponse storage =
        InspectStorageResponse.newBuilder()
            .setCopies(1)
            .addShards(
                ShardStatus.newBuilder()
                    .setShard("s-0:1")
                    .setReport(
                        report(usage(0, 1 << 30))
                            .setTier(
                                TierStatus.newBuilder()
                                    .setQueuedBlobs(3)
                                    .setUploadedBlobs(4)
                                    .setDroppedBlobs(5)
                                    .setRestoredBlobs(6)
                                    .setFailures(7)
                                    .setLastFailure("PUT was answered with 503 SlowDown"))))
            .build();

    assertThat(StorageText.of(storage))
        .endsWith(
            """

            SHARD  TIER   QUEUED  UPLOADED  DROPPED  RESTORED  FAILURES  LAST
            s-0:1  fails  3       4         5        6         7         PUT was answered with 503 SlowDown
            """);
  }

  @Test
  void sizesAreAsAPersonSaysThem() {
    assertThat(StorageText.size(0)).isEqualTo("0 B");
    assertThat(StorageText.size(1023)).isEqualTo("1023 B");
    assertThat(StorageText.size(1536)).isEqualTo("1.5 KiB");
    assertThat(StorageText.size(20L << 40)).isEqualTo("20 TiB");
  }

  @Test
  void aShardThatJoinsIsToldFromOneThatCatchesUp() {
    Placement placement =
        Placement.newBuilder().addShards("s-0:8981").setJoining("s-3:8981").build();
    InspectStorageResponse storage =
        InspectStorageResponse.newBuilder()
            .setCopies(2)
            .addShards(shard("s-0:8981", placement))
            .addShards(shard("s-3:8981", placement))
            .build();

    assertThat(StorageText.of(storage))
        .containsPattern("s-0:8981 +catching up")
        .containsPattern("s-3:8981 +joining");
  }

  private static ShardStatus shard(String name, Placement placement) {
    return ShardStatus.newBuilder()
        .setShard(name)
        .setReport(
            report(usage(1L << 30, 15L << 30))
                .setRepair(Repair.newBuilder().setPlacement(placement)))
        .build();
  }
}
