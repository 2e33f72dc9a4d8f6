package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.WatcherId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All operations of an owner, found by whatever an event names. */
final class OperationTable {
  /** An attempt given up for lost: whose it is, and who alone may still report its end. */
  record Fenced(Operation operation, ExecutorId executor) {}

  private final Map<OperationId, Operation> byId = new LinkedHashMap<>();
  private final Map<ActionId, Operation> mergeable = new HashMap<>();
  private final Map<WatcherId, Operation> watched = new HashMap<>();
  private final Map<AttemptId, Fenced> fenced = new HashMap<>();
  private final Map<AttemptId, Operation> concluding = new HashMap<>();

  void add(Operation operation) {
    if (byId.putIfAbsent(operation.id, operation) != null) {
      throw new IllegalArgumentException(
          "Operation " + operation.id + " exists; propose a new name for each call");
    }
    if (operation.mergeable) {
      mergeable.putIfAbsent(operation.action, operation);
    }
  }

  void remove(Operation operation) {
    unfence(operation);
    stopMerging(operation);
    dismissWatchers(operation);
    byId.remove(operation.id);
  }

  /** Equal actions start an operation of their own from now on. */
  void stopMerging(Operation operation) {
    mergeable.remove(operation.action, operation);
  }

  @Nullable Operation find(OperationId id) {
    return byId.get(id);
  }

  /** The operation that a new call for this action may join. */
  @Nullable Operation findMergeable(ActionId action) {
    return mergeable.get(action);
  }

  Collection<Operation> all() {
    return byId.values();
  }

  // Watchers.

  void watch(WatcherId watcher, Operation operation) {
    operation.watchers.add(watcher);
    watched.put(watcher, operation);
  }

  /** The operation that the watcher left, if it was counted anywhere. */
  @Nullable Operation unwatch(WatcherId watcher) {
    Operation operation = watched.remove(watcher);
    if (operation != null) {
      operation.watchers.remove(watcher);
    }
    return operation;
  }

  void dismissWatchers(Operation operation) {
    operation.watchers.forEach(watched::remove);
    operation.watchers.clear();
  }

  int watchers() {
    return watched.size();
  }

  // Fenced attempts.

  void fence(AttemptId attempt, Operation operation, ExecutorId executor) {
    operation.fenced.add(attempt);
    fenced.put(attempt, new Fenced(operation, executor));
  }

  /** The operation that this executor's lost attempt belongs to. */
  @Nullable Operation findFenced(AttemptId attempt, ExecutorId executor) {
    Fenced entry = fenced.get(attempt);
    return entry != null && entry.executor.equals(executor) ? entry.operation : null;
  }

  void unfence(AttemptId attempt) {
    Fenced entry = fenced.remove(attempt);
    if (entry != null) {
      entry.operation.fenced.remove(attempt);
    }
  }

  void unfence(Operation operation) {
    operation.fenced.forEach(fenced::remove);
    operation.fenced.clear();
  }

  int fencedAttempts() {
    return fenced.size();
  }

  // Attempts whose result the shell is writing.

  void addConcluding(AttemptId attempt, Operation operation) {
    concluding.put(attempt, operation);
  }

  void removeConcluding(AttemptId attempt) {
    concluding.remove(attempt);
  }

  boolean concluding(AttemptId attempt) {
    return concluding.containsKey(attempt);
  }
}
