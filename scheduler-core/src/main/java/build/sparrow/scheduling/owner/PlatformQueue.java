package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for executors of one kind, and the groups of executors that can run
 * them. They are kept by invocation: whose turn it is depends on what each has running, which
 * changes with every action.
 */
final class PlatformQueue implements Iterable<Operation> {
  final Requirement wanted;
  final List<ExecutorGroup> groups = new ArrayList<>();

  /**
   * Executors that keep what frees for operations of this queue, which take more; the last last.
   */
  final List<KnownExecutor> keepers = new ArrayList<>();

  private final Map<ExecutorGroup, Resources> sizes = new HashMap<>();
  private final Map<Share, TreeSet<Operation>> waiting = new LinkedHashMap<>();
  private final TreeSet<Operation> byDue = new TreeSet<>(Operation.DUE_ORDER);

  PlatformQueue(Requirement wanted) {
    this.wanted = wanted;
  }

  /**
   * Executors that can run the operations.
   *
   * @param size what one operation takes of one of them
   */
  void serveBy(ExecutorGroup group, Resources size) {
    groups.add(group);
    groups.sort(ExecutorGroup.FEWEST_ABILITIES);
    sizes.put(group, size);
    group.queues.add(this);
  }

  void leave(ExecutorGroup group) {
    groups.remove(group);
    sizes.remove(group);
  }

  /** What one operation takes of an executor. */
  Resources size(KnownExecutor executor) {
    return sizes.getOrDefault(executor.group, executor.capacity);
  }

  void add(Operation operation) {
    if (waiting
        .computeIfAbsent(operation.share, _ -> new TreeSet<>(Operation.QUEUE_ORDER))
        .add(operation)) {
      byDue.add(operation);
    }
  }

  boolean remove(Operation operation) {
    TreeSet<Operation> ofInvocation = waiting.get(operation.share);
    if (ofInvocation == null || !ofInvocation.remove(operation)) {
      return false;
    }
    byDue.remove(operation);
    if (ofInvocation.isEmpty()) {
      waiting.remove(operation.share);
    }
    return true;
  }

  boolean isEmpty() {
    return byDue.isEmpty();
  }

  int size() {
    return byDue.size();
  }

  /** The earliest virtual deadline of all; Long.MAX_VALUE if nothing waits. */
  long firstDueNanos() {
    return byDue.isEmpty() ? Long.MAX_VALUE : byDue.getFirst().dueNanos;
  }

  /** Whose turn it is at the executor; takes time in proportion to the invocations. */
  @Nullable Operation firstFor(KnownExecutor executor) {
    Operation first = null;
    for (TreeSet<Operation> ofInvocation : waiting.values()) {
      for (Operation operation : ofInvocation) {
        if (first != null && Operation.TURN.compare(first, operation) <= 0) {
          break;
        }
        if (!shuns(operation, executor)) {
          first = operation;
          break;
        }
      }
    }
    return first;
  }

  /** Whether {@link #firstFor} finds one; in constant time as long as the executor shuns few. */
  boolean hasFor(KnownExecutor executor) {
    for (TreeSet<Operation> ofInvocation : waiting.values()) {
      for (Operation operation : ofInvocation) {
        if (!shuns(operation, executor)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * An executor that failed under an action must not draw it again while another one could run it:
   * it would fail as fast.
   */
  boolean shuns(Operation operation, KnownExecutor executor) {
    return operation.avoided.contains(executor.id)
        && groups.stream()
            .flatMap(group -> group.open().all().stream())
            .anyMatch(other -> !operation.avoided.contains(other.id));
  }

  /** From 1, by age and size alone; linear, for people only. */
  int position(Operation operation) {
    int before = 0;
    for (TreeSet<Operation> ofInvocation : waiting.values()) {
      before += ofInvocation.headSet(operation, true).size();
    }
    return before;
  }

  /** In no order. */
  @Override
  public Iterator<Operation> iterator() {
    return waiting.values().stream().flatMap(Collection::stream).iterator();
  }
}
