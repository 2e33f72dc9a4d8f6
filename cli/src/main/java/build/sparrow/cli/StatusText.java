package build.sparrow.cli;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.farm.v1.QueueStatus;
import java.time.Duration;
import java.util.Locale;

/** What a frontend knows, as tables for a person. */
final class StatusText {
  private StatusText() {}

  static String of(InspectResponse farm) {
    StringBuilder text = new StringBuilder();
    text.append("Frontend ").append(farm.getFrontend());
    text.append(", epoch ").append(farm.getEpoch()).append("\n\n");
    text.append(pools(farm)).append('\n').append(executors(farm));
    if (farm.getQueuesCount() > 0) {
      text.append('\n').append(queues(farm));
    }
    return text.toString();
  }

  private static Table pools(InspectResponse farm) {
    Table table = new Table("POOL", "EXECUTORS", "SLOTS", "BUSY", "QUEUED");
    for (PoolStatus pool : farm.getPoolsList()) {
      table.add(
          pool.getName(),
          pool.getExecutors(),
          pool.getSlots(),
          pool.getBusySlots(),
          pool.getQueuedActions());
    }
    return table;
  }

  private static Table executors(InspectResponse farm) {
    Table table = new Table("EXECUTOR", "POOL", "STATE", "SLOTS", "RUNNING");
    for (ExecutorStatus executor : farm.getExecutorsList()) {
      table.add(
          executor.getName(),
          executor.getPool(),
          executor.getState().name().toLowerCase(Locale.ROOT),
          executor.getSlots(),
          executor.getRunningOperationsCount() == 0
              ? "-"
              : String.join(" ", executor.getRunningOperationsList()));
    }
    return table;
  }

  private static Table queues(InspectResponse farm) {
    Table table = new Table("QUEUE", "QUEUED", "OLDEST", "RESERVATIONS");
    for (QueueStatus queue : farm.getQueuesList()) {
      table.add(
          (queue.getPlatform().isEmpty() ? "(any)" : queue.getPlatform())
              + (queue.getOnDemandOnly() ? " on demand" : ""),
          queue.getQueuedActions(),
          age(
              Duration.ofSeconds(
                  queue.getOldestWait().getSeconds(), queue.getOldestWait().getNanos())),
          queue.getReservations());
    }
    return table;
  }

  /** As a person says it: 0.4 s, 12 s, 3 min, 2 h. */
  static String age(Duration duration) {
    if (duration.toSeconds() < 10) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
    if (duration.toMinutes() < 2) {
      return duration.toSeconds() + " s";
    }
    return duration.toHours() < 2 ? duration.toMinutes() + " min" : duration.toHours() + " h";
  }
}
