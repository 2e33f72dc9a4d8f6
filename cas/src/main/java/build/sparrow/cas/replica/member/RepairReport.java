package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.Placements;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.Repair;

/** How far a shard is with what it lacks and with what it owes others. */
record RepairReport(
    Members members, Standing standing, CatchUp catchUp, Courier courier, Debts debts) {
  Repair now() {
    Repair.Builder repair =
        Repair.newBuilder()
            .setComplete(standing.isComplete())
            .setComparedBlobs(catchUp.comparedBlobs())
            .setMovedItems(courier.movedItems())
            .setMovedBytes(courier.movedBytes());
    members.known().ifPresent(placement -> repair.setPlacement(Placements.toProto(placement)));
    catchUp.awaited().forEach(shard -> repair.addAwaitedShards(shard.toString()));
    debts
        .counts()
        .forEach(
            (shard, items) ->
                repair.addDebts(Debt.newBuilder().setShard(shard.toString()).setItems(items)));
    return repair.build();
  }
}
