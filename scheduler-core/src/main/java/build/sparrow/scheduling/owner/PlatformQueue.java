package build.sparrow.scheduling.owner;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for executors of one kind, and the groups of executors that can run
 * them. They are kept by invocation: whose turn it is depends on what each has running, which
 * changes with every action.
 */
final class PlatformQueue implements Iterable<Operation> {
  final Requirement wanted;
  final List<ExecutorGroup> groups = new ArrayList<>();
  private final Map<Share, TreeSet<Operation>> waiting = new LinkedHashMap<>();
  private int size;

  PlatformQueue(Requirement wanted) {
    this.wanted = wanted;
  }

  void add(Operation operation) {
    if (waiting
        .computeIfAbsent(operation.share, _ -> new TreeSet<>(Operation.QUEUE_ORDER))
        .add(operation)) {
      size++;
    }
  }

  boolean remove(Operation operation) {
    TreeSet<Operation> ofInvocation = waiting.get(operation.share);
    if (ofInvocation == null || !ofInvocation.remove(operation)) {
      return false;
    }
    size--;
    if (ofInvocation.isEmpty()) {
      waiting.remove(operation.share);
    }
    return true;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Whose turn it is among those that will do; takes time in proportion to the invocations. */
  @Nullable Operation first(Predicate<Operation> willDo) {
    Operation first = null;
    for (TreeSet<Operation> ofInvocation : waiting.values()) {
      for (Operation operation : ofInvocation) {
        if (first != null && Operation.TURN.compare(first, operation) <= 0) {
          break;
        }
        if (willDo.test(operation)) {
          first = operation;
          break;
        }
      }
    }
    return first;
  }

  /** Whether any will do; in constant time as long as most do. */
  boolean has(Predicate<Operation> willDo) {
    for (TreeSet<Operation> ofInvocation : waiting.values()) {
      for (Operation operation : ofInvocation) {
        if (willDo.test(operation)) {
          return true;
        }
      }
    }
    return false;
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
