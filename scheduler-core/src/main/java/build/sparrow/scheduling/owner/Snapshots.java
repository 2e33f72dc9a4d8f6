package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Platform;
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
    Map<String, Platform> platforms = new LinkedHashMap<>();
    config.pools().forEach(pool -> platforms.put(pool.name(), pool.platform()));
    executors.all().forEach(each -> platforms.putIfAbsent(each.pool, each.group.platform));
    return platforms.entrySet().stream()
        .map(
            entry -> {
              List<KnownExecutor> members =
                  executors.all().stream()
                      .filter(executor -> executor.pool.equals(entry.getKey()))
                      .toList();
              List<OwnerSnapshot.Queue> fitting =
                  queues.stream()
                      .filter(queue -> entry.getValue().offers(queue.platform()))
                      .toList();
              return new OwnerSnapshot.Pool(
                  entry.getKey(),
                  entry.getValue(),
                  members.size(),
                  members.stream().mapToInt(executor -> executor.slots).sum(),
                  members.stream().mapToInt(executor -> executor.attempts.size()).sum(),
                  fitting.stream().mapToInt(OwnerSnapshot.Queue::queuedActions).sum(),
                  fitting.stream().mapToLong(OwnerSnapshot.Queue::oldestWaitNanos).max().orElse(0));
            })
        .toList();
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
        queue.platform,
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
        operation.platform,
        operation.state instanceof OperationState.Queued ? placement.queuePosition(operation) : 0,
        operation.queuedNanos,
        operation.watchers.size(),
        operation.attempts,
        operation.losses.total(),
        placement.fitting(operation.platform),
        operation.visibleExecutor(),
        operation.state.attempt(),
        operation.state instanceof OperationState.Running running ? running.phase() : null);
  }
}
