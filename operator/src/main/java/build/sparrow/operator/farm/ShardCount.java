package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.operator.link.StorageGrowth;
import java.util.Optional;

/**
 * How many shards a storage has and is to have. They join one after the other: the next one is
 * started when all before it have joined. None is ever taken away.
 *
 * @param founding how many the farm was made with, which its processes are told when they start:
 *     they learn from the shards themselves which others there are by now
 * @param running how many the StatefulSet runs; 0 if there is none
 * @param wanted by the spec
 * @param grows whether others can join; where items have one copy none can
 * @param storage what the storage says; empty if nobody could be asked
 */
record ShardCount(
    int founding, int running, int wanted, boolean grows, Optional<StorageGrowth> storage) {
  private static final int LEAST_TO_GROW = 3;

  static ShardCount of(
      FarmObservation observed, BuildFarmSpec spec, Optional<StorageGrowth> storage) {
    int wanted = spec.storage().shards();
    int running = observed.statefulSet().map(set -> set.getSpec().getReplicas()).orElse(0);
    int founding =
        FollowedSpec.last(observed.config())
            .map(last -> last.storage().shards())
            // All but the last one that runs have joined, if nobody remembers.
            .orElse(running == 0 ? wanted : Math.min(wanted, Math.max(LEAST_TO_GROW, running - 1)));
    return new ShardCount(founding, running, wanted, spec.storage().copies() > 1, storage);
  }

  /** How many are to run now. */
  int replicas() {
    if (!grows) {
      return wanted;
    }
    if (storage.isEmpty()) {
      return Math.max(founding, running);
    }
    int members = storage.get().members();
    return storage.get().joining() || wanted <= members ? members : members + 1;
  }

  /** How many must serve, as far as is known. */
  int counted() {
    return storage.map(StorageGrowth::shards).orElse(replicas());
  }

  /** What is still to happen, for people; empty if there are as many as are wanted. */
  Optional<String> explain(FarmNames names) {
    if (storage.isEmpty()) {
      return grows && running > 0 && wanted > running
          ? Optional.of(
              "The storage is to grow to %d shards; that waits until a frontend answers the operator."
                  .formatted(wanted))
          : Optional.empty();
    }
    StorageGrowth growth = storage.get();
    if (growth.members() > wanted) {
      return Optional.of(
          "The disks are those of a farm with %d shards, which all run; spec.storage.shards is %d. Set it to %d."
              .formatted(growth.members(), wanted, growth.members()));
    }
    if (growth.shards() >= wanted) {
      return Optional.empty();
    }
    String waiting = growth.waiting().isEmpty() ? "" : ": " + growth.waiting();
    return Optional.of(
        "The storage grows from %d to %d shards; %s-%d %s%s. Builds go on."
            .formatted(
                growth.shards(),
                wanted,
                names.shard(),
                growth.shards(),
                growth.joining() ? "joins" : "is to join next",
                waiting));
  }
}
