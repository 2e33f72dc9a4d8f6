package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.frontend.scheduling.OperationFacts;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import com.google.longrunning.Operation;
import com.google.protobuf.Timestamp;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What clients may know of one operation, and who follows it; for the loop's thread. */
final class TrackedOperation {
  private final OperationId id;
  private final OperationFacts facts;
  private final Set<String> names = new HashSet<>();
  private final Map<WatcherId, Watcher> watchers = new LinkedHashMap<>();
  private Stage stage = Stage.QUEUED;
  private ExecutedActionMetadata partial;
  private @Nullable ExecuteResponse ending;

  TrackedOperation(OperationId id, OperationFacts facts) {
    this.id = id;
    this.facts = facts;
    this.partial = queuedMetadata();
    names.add(id.value());
  }

  private ExecutedActionMetadata queuedMetadata() {
    return ExecutedActionMetadata.newBuilder().setQueuedTimestamp(facts.queued()).build();
  }

  OperationId id() {
    return id;
  }

  OperationFacts facts() {
    return facts;
  }

  /** The names under which clients know it: one for each Execute that was merged into it. */
  Set<String> names() {
    return names;
  }

  /** Who follows it. */
  Map<WatcherId, Watcher> watchers() {
    return watchers;
  }

  /** Moves on, or back to the queue. */
  void moveTo(Stage next, @Nullable ExecutorId executor, Timestamp now) {
    boolean sameRun =
        next == stage && executor != null && executor.name().equals(partial.getWorker());
    stage = next;
    if (next == Stage.QUEUED) {
      partial = queuedMetadata();
    } else if (executor != null && !sameRun) {
      partial =
          queuedMetadata().toBuilder()
              .setWorker(executor.name())
              .setWorkerStartTimestamp(now)
              .build();
    }
  }

  void end(ExecuteResponse response) {
    stage = Stage.COMPLETED;
    ending = response;
  }

  /** How it ended; null while it is under way. */
  @Nullable ExecuteResponse ending() {
    return ending;
  }

  /** The operation as it is now, under one of its names. */
  Operation message(String name) {
    ExecuteResponse response = ending;
    if (response != null) {
      return OperationMessages.finished(name, facts.key(), response);
    }
    return OperationMessages.unfinished(
        name,
        facts.key(),
        switch (stage) {
          case QUEUED -> ExecutionStage.Value.QUEUED;
          case EXECUTING -> ExecutionStage.Value.EXECUTING;
          case COMPLETED -> ExecutionStage.Value.COMPLETED;
        },
        partial);
  }
}
