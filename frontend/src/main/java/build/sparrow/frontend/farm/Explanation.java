package build.sparrow.frontend.farm;

import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.owner.OperationView;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says in a sentence or two why an operation is where it is. */
final class Explanation {
  private Explanation() {}

  /**
   * Explains an operation.
   *
   * @param age since it first entered the queue
   */
  static String of(OperationView view, Duration age) {
    String where =
        switch (view.stage()) {
          case QUEUED -> queued(view, age);
          case EXECUTING -> executing(view);
          case COMPLETED -> "It has ended; its result can be asked for a minute long.";
        };
    return where + lost(view);
  }

  private static String lost(OperationView view) {
    StringBuilder lost = new StringBuilder();
    if (view.losses() > 0) {
      lost.append(" ").append(view.losses()).append(" earlier attempts at it were lost.");
    }
    if (view.preemptions() > 0) {
      lost.append(" It was preempted ").append(times(view.preemptions()));
      lost.append(view.onDemandOnly() ? ", so now it runs on demand only." : ".");
    }
    return lost.toString();
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times";
  }

  private static String queued(OperationView view, Duration age) {
    String platform = view.platform().labels().isEmpty() ? "any" : view.platform().toString();
    if (view.onDemandOnly()) {
      platform += " on demand";
    }
    if (view.fittingExecutors() == 0) {
      return "No connected executor has the platform %s; it waits since %s for one to come."
          .formatted(platform, shown(age));
    }
    if (view.queuePosition() == 0) {
      return "It is being offered to an executor.";
    }
    return "It is number %d in the queue for the platform %s, since %s; all %d executors that could run it are busy."
        .formatted(view.queuePosition(), platform, shown(age), view.fittingExecutors());
  }

  private static String executing(OperationView view) {
    var executor = view.executor();
    String name = executor == null ? "an executor" : "executor " + executor.name();
    return "On %s, where %s.".formatted(name, doing(view.phase()));
  }

  private static String doing(@Nullable Phase phase) {
    return switch (phase) {
      case FETCHING -> "its inputs are fetched";
      case EXECUTING -> "its process runs";
      case UPLOADING -> "its outputs are stored";
      case REPORTED -> "it has ended and its result is being recorded";
      case null -> "it was accepted";
    };
  }

  private static String shown(Duration age) {
    return age.toSeconds() == 0 ? age.toMillis() + " ms" : age.toSeconds() + " s";
  }
}
