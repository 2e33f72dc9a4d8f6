package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Platform;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/** The operations that wait for one platform, and the groups of executors that can run them. */
final class PlatformQueue implements Iterable<Operation> {
  final Platform platform;
  final List<ExecutorGroup> groups = new ArrayList<>();
  private final TreeSet<Operation> waiting = new TreeSet<>(Operation.QUEUE_ORDER);

  PlatformQueue(Platform platform) {
    this.platform = platform;
  }

  void add(Operation operation) {
    waiting.add(operation);
  }

  boolean remove(Operation operation) {
    return waiting.remove(operation);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  /** From 1; linear, for people only. */
  int position(Operation operation) {
    return waiting.headSet(operation, true).size();
  }

  /** From the head on. */
  @Override
  public Iterator<Operation> iterator() {
    return waiting.iterator();
  }
}
