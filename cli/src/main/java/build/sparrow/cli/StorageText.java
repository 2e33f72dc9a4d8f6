package build.sparrow.cli;

import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.ShardStatus;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.InspectShardResponse;
import build.sparrow.storage.v1.Repair;
import build.sparrow.storage.v1.StoreUsage;
import build.sparrow.storage.v1.TierStatus;
import java.time.Duration;
import java.util.Locale;

/** How the shards stand, as tables for a person. */
final class StorageText {
  private static final String NONE = "-";
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

  private StorageText() {}

  static String of(InspectStorageResponse storage) {
    StringBuilder text = new StringBuilder();
    text.append("Storage of ").append(Commands.count(storage.getShardsCount(), "shard"));
    text.append(storage.getCopies() == 1 ? ", one copy" : ", " + storage.getCopies() + " copies");
    text.append(" of each item\n\n").append(shards(storage));
    for (ShardStatus shard : storage.getShardsList()) {
      Repair repair = shard.getReport().getRepair();
      if (repair.getAwaitedShardsCount() > 0) {
        text.append(
            "\n%s still compares its disk with %s; %d blobs so far\n"
                .formatted(
                    shard.getShard(),
                    String.join(", ", repair.getAwaitedShardsList()),
                    repair.getComparedBlobs()));
      }
    }
    if (storage.getShardsList().stream().anyMatch(shard -> owed(shard) > 0)) {
      text.append('\n').append(debts(storage));
    }
    if (storage.getShardsList().stream().anyMatch(shard -> shard.getReport().hasTier())) {
      text.append('\n').append(tiers(storage));
    }
    return text.toString();
  }

  private static Table shards(InspectStorageResponse storage) {
    Table table =
        new Table("SHARD", "STATE", "USED", "CAPACITY", "BLOBS", "RETENTION", "OWES", "MOVED");
    for (ShardStatus shard : storage.getShardsList()) {
      if (!shard.hasReport()) {
        String state = "silent (" + shard.getFailure() + ")";
        table.add(shard.getShard(), state, NONE, NONE, NONE, NONE, NONE, NONE);
        continue;
      }
      InspectShardResponse report = shard.getReport();
      StoreUsage blobs = report.getBlobs();
      StoreUsage results = report.getResults();
      boolean alone = !report.hasRepair();
      table.add(
          shard.getShard(),
          state(shard.getShard(), report),
          size(blobs.getUsedBytes() + results.getUsedBytes()),
          size(blobs.getCapacityBytes() + results.getCapacityBytes()),
          blobs.getEntries(),
          blobs.hasRetention()
              ? StatusText.age(Duration.ofSeconds(blobs.getRetention().getSeconds()))
              : "all kept",
          alone ? NONE : owed(shard),
          alone ? NONE : size(report.getRepair().getMovedBytes()));
    }
    return table;
  }

  private static String state(String shard, InspectShardResponse report) {
    if (report.getBlobs().getReadOnly() || report.getResults().getReadOnly()) {
      return "read-only";
    }
    if (report.getRepair().getPlacement().getJoining().equals(shard)) {
      return "joining";
    }
    return report.hasRepair() && !report.getRepair().getComplete() ? "catching up" : "serving";
  }

  private static long owed(ShardStatus shard) {
    return shard.getReport().getRepair().getDebtsList().stream().mapToLong(Debt::getItems).sum();
  }

  private static Table debts(InspectStorageResponse storage) {
    Table table = new Table("FROM", "TO", "ITEMS OWED");
    for (ShardStatus shard : storage.getShardsList()) {
      for (Debt debt : shard.getReport().getRepair().getDebtsList()) {
        if (debt.getItems() > 0) {
          table.add(shard.getShard(), debt.getShard(), debt.getItems());
        }
      }
    }
    return table;
  }

  private static Table tiers(InspectStorageResponse storage) {
    Table table =
        new Table("SHARD", "TIER", "QUEUED", "UPLOADED", "DROPPED", "RESTORED", "FAILURES", "LAST");
    for (ShardStatus shard : storage.getShardsList()) {
      if (shard.getReport().hasTier()) {
        TierStatus tier = shard.getReport().getTier();
        table.add(
            shard.getShard(),
            tier.getAvailable() ? "used" : "fails",
            tier.getQueuedBlobs(),
            tier.getUploadedBlobs(),
            tier.getDroppedBlobs(),
            tier.getRestoredBlobs(),
            tier.getFailures(),
            tier.getLastFailure().isEmpty() ? NONE : tier.getLastFailure());
      }
    }
    return table;
  }

  /** As a person says it: 0 B, 12 KiB, 1.5 GiB. */
  static String size(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || amount >= 10 ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
  }
}
