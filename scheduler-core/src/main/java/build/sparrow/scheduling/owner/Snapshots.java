package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Resources;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes down what an owner knows, for people and metrics. */
final class Snapshots {
  private Snapshots() {}

  static OwnerSnapshot of(
      OwnerConfig config,
      Pools pools,
      OperationTable table,
      Placement placement,
      Executors executors,
      Alarms alarms,
      long nowNanos) {
    List<OwnerSnapshot.Executor> executorViews =
        executors.all().stream().map(Snapshots::executor).toList();
    List<Waiting> waiting =
        placement.queues().stream()
            .map(queue -> new Waiting(queue.wanted, queue(queue, nowNanos)))
            .toList();
    return new OwnerSnapshot(
        declaredOrNamed(config, executors).values().stream()
            .map(pool -> pool(pool, pools, executors, waiting))
            .toList(),
        executorViews,
        waiting.stream().map(Waiting::queue).toList(),
        counts(table, placement, alarms));
  }

  private record Waiting(Requirement wanted, OwnerSnapshot.Queue queue) {}

  private static Map<String, PoolDeclaration> declaredOrNamed(
      OwnerConfig config, Executors executors) {
    Map<String, PoolDeclaration> pools = new LinkedHashMap<>();
    config.pools().forEach(pool -> pools.put(pool.name(), pool));
    executors
        .all()
        .forEach(
            each ->
                pools.putIfAbsent(
                    each.pool, PoolDeclaration.of(each.pool, each.group.traits.platform())));
    return pools;
  }

  private static OwnerSnapshot.Pool pool(
      PoolDeclaration pool, Pools pools, Executors executors, List<Waiting> waiting) {
    List<KnownExecutor> members =
        executors.all().stream().filter(executor -> executor.pool.equals(pool.name())).toList();
    List<OwnerSnapshot.Queue> meant =
        waiting.stream()
            .filter(each -> pools.meant(pool.name(), each.wanted))
            .map(Waiting::queue)
            .toList();
    return new OwnerSnapshot.Pool(
        pool.name(),
        pool.platform(),
        members.size(),
        members.stream().mapToInt(executor -> executor.capacity.slots()).sum(),
        members.stream().mapToInt(executor -> executor.attempts.size()).sum(),
        meant.stream().mapToInt(OwnerSnapshot.Queue::queuedActions).sum(),
        meant.stream().mapToLong(OwnerSnapshot.Queue::oldestWaitNanos).max().orElse(0));
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
        executor.capacity.slots(),
        executor.idle(),
        executor.keepsRoomFor == null ? Resources.NONE : executor.keepsRoomFor.size(executor),
        Math.max(0, executor.reservations),
        executor.attempts.values().stream().map(operation -> operation.id).toList());
  }

  private static OwnerSnapshot.Queue queue(PlatformQueue queue, long nowNanos) {
    long oldestNanos = nowNanos;
    for (Operation operation : queue) {
      oldestNanos = Math.min(oldestNanos, operation.queuedNanos);
    }
    return new OwnerSnapshot.Queue(
        queue.wanted.traits().platform(),
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
        operation.wanted.traits().platform(),
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
