package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Traits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Executors of the very same labels that the cloud takes away or does not, and the queues that they
 * can serve. Groups with fewer labels come first everywhere, and of these the ones that go.
 */
final class ExecutorGroup {
  /** Who can do most is asked last; of equals the rarest, which others may need more. */
  static final Comparator<ExecutorGroup> FEWEST_ABILITIES =
      Comparator.<ExecutorGroup, Traits>comparing(group -> group.traits, Traits.FEWEST_ABILITIES)
          .thenComparing(group -> group.onDemand)
          .thenComparingInt(group -> -group.members);

  final Traits traits;
  final boolean onDemand;
  final List<PlatformQueue> queues = new ArrayList<>();

  /** Those that may get work. */
  private final DrawSet<KnownExecutor> open = new DrawSet<>();

  /** Those of them with idle slots. */
  private final DrawSet<KnownExecutor> idle = new DrawSet<>();

  /** Those of them that no other owner offers to. */
  private final DrawSet<KnownExecutor> idleForThisOwner = new DrawSet<>();

  /** Those that hold reservations of this owner. */
  private final DrawSet<KnownExecutor> reserved = new DrawSet<>();

  /** Those that may get work, each at a place that every owner gives it. */
  private final TreeMap<Long, KnownExecutor> ring = new TreeMap<>();

  int members;

  ExecutorGroup(Traits traits, boolean onDemand) {
    this.traits = traits;
    this.onDemand = onDemand;
  }

  boolean meets(Requirement wanted) {
    return wanted.metBy(traits, onDemand);
  }

  /** The operation whose turn it is at an executor, and the queue that it waits in. */
  record Candidate(PlatformQueue queue, Operation operation) {}

  /** Of the queues that will do; null if nothing waits there that the executor should get. */
  @Nullable Candidate firstFor(KnownExecutor executor, Predicate<PlatformQueue> willDo) {
    Candidate first = null;
    for (PlatformQueue queue : queues) {
      Operation next = willDo.test(queue) ? queue.firstFor(executor) : null;
      if (next != null && (first == null || Operation.TURN.compare(next, first.operation) < 0)) {
        first = new Candidate(queue, next);
      }
    }
    return first;
  }

  /**
   * For how long the first of the operations that wait for such executors should have been running;
   * 0 if none waits.
   */
  long overdueNanos(long nowNanos) {
    long firstNanos = Long.MAX_VALUE;
    for (PlatformQueue queue : queues) {
      firstNanos = Math.min(firstNanos, queue.firstDueNanos());
    }
    return firstNanos == Long.MAX_VALUE ? 0 : nowNanos - firstNanos;
  }

  DrawSet<KnownExecutor> open() {
    return open;
  }

  DrawSet<KnownExecutor> idle() {
    return idle;
  }

  /** Those of the idle ones to which an offer comes to something, if there are any. */
  DrawSet<KnownExecutor> idleBest() {
    return idleForThisOwner.isEmpty() ? idle : idleForThisOwner;
  }

  /** A copy: serving one of them changes the set. */
  List<KnownExecutor> idleExecutors() {
    return List.copyOf(idle.all());
  }

  boolean hasReserved() {
    return !reserved.isEmpty();
  }

  List<KnownExecutor> reserved() {
    return List.copyOf(reserved.all());
  }

  void setReservations(KnownExecutor executor, int count) {
    executor.reservations = count;
    reserved.keep(executor, count > 0);
  }

  /** To be called after each change of an executor's connection, tokens or offers. */
  void refresh(KnownExecutor executor) {
    keepOpen(executor, executor.open());
    idle.keep(executor, executor.idle().slots() > 0);
    idleForThisOwner.keep(executor, executor.idleForThisOwner());
  }

  private void keepOpen(KnownExecutor executor, boolean wanted) {
    if (open.keep(executor, wanted)) {
      if (wanted) {
        ring.put(executor.place, executor);
      } else {
        ring.remove(executor.place, executor);
      }
    }
  }

  /** The executor whose part of the ring the place is in; the same at every owner. */
  @Nullable KnownExecutor at(long place) {
    Map.Entry<Long, KnownExecutor> next = ring.ceilingEntry(place);
    if (next == null) {
      next = ring.firstEntry();
    }
    return next == null ? null : next.getValue();
  }

  void leave(KnownExecutor executor) {
    keepOpen(executor, false);
    idle.keep(executor, false);
    idleForThisOwner.keep(executor, false);
    setReservations(executor, 0);
    members--;
  }
}
