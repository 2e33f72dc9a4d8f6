package build.sparrow.scheduling.owner;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes down what an owner knows, for people and metrics. */
final class Snapshots {
  private Snapshots() {}

  static OwnerSnapshot of(
      OwnerConfig config,
      OperationTable table,
      Placement placement,
      Executors executors,
      Alarms alarms,
      long nowNanos) {
    List<OwnerSnapshot.Executor> executorViews =
        executors.all().stream().map(Snapshots::executor).toList();
    List<PlatformQueue> queues = placement.queues();
    List<OwnerSnapshot.Queue> queueViews =
        queues.stream().map(queue -> queue(queue, nowNanos)).toList();
    return new OwnerSnapshot(
        pools(config, executors, queueViews),
        executorViews,
        queueViews,
        counts(table, placement, alarms));
  }

  private static List<OwnerSnapshot.Pool> pools(
      OwnerConfig config, Executors executors, List<OwnerSnapshot.Queue> queues) {
    Map<String, PoolDeclaration> pools = new LinkedHashMap<>();
    config.pools().forEach(pool -> pools.put(pool.name(), pool));
    executors
        .all()
        .forEach(
            each ->
                pools.putIfAbsent(each.pool, PoolDeclaration.of(each.pool, each.group.platform)));
    return pools.values().stream()
        .map(
            pool -> {
              List<KnownExecutor> members =
                  executors.all().stream()
                      .filter(executor -> executor.pool.equals(pool.name()))
                      .toList();
              List<OwnerSnapshot.Queue> meant =
                  queues.stream().filter(queue -> meant(queue, pool, config.pools())).toList();
              return new OwnerSnapshot.Pool(
                  pool.name(),
                  pool.platform(),
                  members.size(),
                  members.stream().mapToInt(executor -> executor.slots).sum(),
                  members.stream().mapToInt(executor -> executor.attempts.size()).sum(),
                  meant.stream().mapToInt(OwnerSnapshot.Queue::queuedActions).sum(),
                  meant.stream().mapToLong(OwnerSnapshot.Queue::oldestWaitNanos).max().orElse(0));
            })
        .toList();
  }

  /**
   * Whether the pool should have executors for that queue. Of the pools that grow only those do
   * that can do least and still fit: no node with a GPU for an action that needs none, and none on
   * demand for one that may run on spot.
   */
  private static boolean meant(
      OwnerSnapshot.Queue queue, PoolDeclaration pool, List<PoolDeclaration> all) {
    Requirement wanted = new Requirement(queue.platform(), queue.onDemandOnly());
    return pool.meets(wanted)
        && (!pool.grows()
            || all.stream()
                .filter(each -> each.grows() && each.meets(wanted))
                .allMatch(each -> PoolDeclaration.FEWEST_ABILITIES.compare(pool, each) <= 0));
  }

  private static OwnerSnapshot.Executor executor(KnownExecutor executor) {
    OwnerSnapshot.Connection connection =
        switch (executor.connection) {
          case KnownExecutor.Connection.Suspect _ -> OwnerSnapshot.Connection.SUSPECT;
          case KnownExecutor.Connection.Ready _ ->
              executor.draining
                  ? OwnerSnapshot.Connection.DRAINING
                  : OwnerSnapshot.Connection.READY;
        };
    return new OwnerSnapshot.Executor(
        executor.id,
        executor.pool,
        connection,
        executor.isolationLevel,
        executor.slots,
        executor.idleSlots(),
        Math.max(0, executor.reservations),
        executor.attempts.values().stream().map(operation -> operation.id).toList());
  }

  private static OwnerSnapshot.Queue queue(PlatformQueue queue, long nowNanos) {
    long oldestNanos = nowNanos;
    for (Operation operation : queue) {
      oldestNanos = Math.min(oldestNanos, operation.queuedNanos);
    }
    return new OwnerSnapshot.Queue(
        queue.wanted.platform(),
        queue.wanted.onDemand(),
        queue.size(),
        nowNanos - oldestNanos,
        queue.groups.stream()
            .flatMap(group -> group.reserved().stream())
            .mapToInt(executor -> executor.reservations)
            .sum());
  }

  private static OwnerSnapshot.Counts counts(
      OperationTable table, Placement placement, Alarms alarms) {
    int offered = 0;
    int executing = 0;
    int concluding = 0;
    int finished = 0;
    for (Operation operation : table.all()) {
      switch (operation.state) {
        case OperationState.Queued _ -> {}
        case OperationState.Offered _ -> offered++;
        case OperationState.Running _ -> executing++;
        case OperationState.Concluding _ -> concluding++;
        case OperationState.Finished _ -> finished++;
      }
    }
    return new OwnerSnapshot.Counts(
        placement.queued(),
        offered,
        executing,
        concluding,
        finished,
        table.watchers(),
        table.fencedAttempts(),
        alarms.size());
  }

  static OperationView view(Operation operation, Placement placement) {
    return new OperationView(
        operation.id,
        operation.state.stage(),
        operation.wanted.platform(),
        operation.wanted.onDemand(),
        operation.state instanceof OperationState.Queued ? placement.queuePosition(operation) : 0,
        operation.queuedNanos,
        operation.watchers.size(),
        operation.attempts,
        operation.losses.total(),
        operation.preemptions,
        placement.fitting(operation.wanted),
        operation.visibleExecutor(),
        operation.state.attempt(),
        operation.state instanceof OperationState.Running running ? running.phase() : null);
  }
}
