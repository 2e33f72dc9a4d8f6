package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Traits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings queued operations and executors together: an idle executor gets an offer at once; without
 * one the operation waits and its queue holds reservations at executors, which come and pull
 * (pooled late binding: a reservation is for the queue, never for one operation).
 */
final class Placement {
  /**
   * Up to this many executors, all get a reservation: sampling would leave some of a small pool
   * unasked.
   */
  private static final int ASK_ALL_EXECUTORS = 8;

  /** Reservations at one executor, as a multiple of its slots. More would only be more messages. */
  private static final int RESERVATIONS_PER_SLOT = 2;

  private final OwnerConfig config;
  private final Pools pools;
  private final Map<Requirement, PlatformQueue> queues = new LinkedHashMap<>();
  private final List<ExecutorGroup> groups = new ArrayList<>();
  private long attemptCounter;
  private int queued;
  private boolean settling = true;

  Placement(OwnerConfig config, Pools pools) {
    this.config = config;
    this.pools = pools;
  }

  // Queues.

  /** Offers the operation to an idle executor, or lets it wait with reservations. */
  void enqueue(Operation operation, Turn turn) {
    operation.state = new OperationState.Queued();
    PlatformQueue queue = queues.computeIfAbsent(operation.wanted, this::openQueue);
    queue.add(operation);
    queued++;
    KnownExecutor idle = settling ? null : chooseIdle(queue, operation, turn.random());
    if (idle != null) {
      turn.emit(new OwnerEffect.SendOffer(idle.id, bind(operation, idle, false, turn)));
    } else {
      reserve(queue, turn);
    }
  }

  /** Takes a queued operation out of its queue. */
  void dequeue(Operation operation, Turn turn) {
    PlatformQueue queue = queues.get(operation.wanted);
    if (queue != null && queue.remove(operation)) {
      queued--;
      closeIfEmpty(queue, turn);
    }
  }

  /** A merged action may come with a higher priority than the one that waits. */
  void hasten(Operation operation, int priority, Turn turn) {
    if (priority >= operation.priority) {
      return;
    }
    PlatformQueue queue = queues.get(operation.wanted);
    if (queue != null && queue.remove(operation)) {
      operation.priority = priority;
      queue.add(operation);
    } else {
      operation.priority = priority;
    }
  }

  private PlatformQueue openQueue(Requirement wanted) {
    PlatformQueue queue = new PlatformQueue(wanted);
    for (ExecutorGroup group : groups) {
      if (group.meets(wanted)) {
        queue.groups.add(group);
        group.queues.add(queue);
      }
    }
    return queue;
  }

  /**
   * An empty queue is forgotten, and the reservations that only it needed are taken back before
   * they cost a vain pull.
   */
  private void closeIfEmpty(PlatformQueue queue, Turn turn) {
    if (!queue.isEmpty()) {
      return;
    }
    queues.remove(queue.wanted);
    for (ExecutorGroup group : queue.groups) {
      group.queues.remove(queue);
      if (group.queues.isEmpty()) {
        for (KnownExecutor executor : group.reserved()) {
          turn.emit(new OwnerEffect.SendCancelReserve(executor.id, executor.reservations));
          group.setReservations(executor, 0);
        }
      }
    }
  }

  // Executors.

  ExecutorGroup join(Traits traits, boolean onDemand) {
    for (ExecutorGroup group : groups) {
      if (group.traits.equals(traits) && group.onDemand == onDemand) {
        group.members++;
        return group;
      }
    }
    ExecutorGroup group = new ExecutorGroup(traits, onDemand);
    group.members = 1;
    groups.add(group);
    groups.sort(ExecutorGroup.FEWEST_ABILITIES);
    for (PlatformQueue queue : queues.values()) {
      if (group.meets(queue.wanted)) {
        queue.groups.add(group);
        queue.groups.sort(ExecutorGroup.FEWEST_ABILITIES);
        group.queues.add(queue);
      }
    }
    return group;
  }

  /** The executor is gone for good. */
  void leave(KnownExecutor executor, Turn turn) {
    ExecutorGroup group = executor.group;
    group.leave(executor);
    groups.sort(ExecutorGroup.FEWEST_ABILITIES);
    if (group.members == 0) {
      groups.remove(group);
      group.queues.forEach(queue -> queue.groups.remove(group));
    }
    replaceReservations(group, turn);
  }

  /** The executor can get no more work; what waited for it asks others. */
  void close(KnownExecutor executor, Turn turn) {
    executor.group.refresh(executor);
    replaceReservations(executor.group, turn);
  }

  private void replaceReservations(ExecutorGroup group, Turn turn) {
    for (PlatformQueue queue : List.copyOf(group.queues)) {
      // An operation may have kept clear of an idle executor for the sake of the one that is gone.
      for (ExecutorGroup each : queue.groups) {
        each.idleExecutors().forEach(idle -> serveIdle(idle, turn));
      }
    }
    ensureReserved(group, turn);
  }

  /** The executor can get work (again). */
  void open(KnownExecutor executor, Turn turn) {
    executor.group.refresh(executor);
    ensureReserved(executor.group, turn);
  }

  /** The executor has idle slots and nothing else to do. */
  void serveIdle(KnownExecutor executor, Turn turn) {
    executor.group.refresh(executor);
    if (settling) {
      return;
    }
    for (OfferedAttempt offer : bindAll(executor, executor.idleSlots(), false, turn)) {
      turn.emit(new OwnerEffect.SendOffer(executor.id, offer));
    }
    renewReservations(executor, turn);
  }

  /** The executor asks for work; it always gets an answer, or its slot would wait for one. */
  void servePull(KnownExecutor executor, int freeSlots, Turn turn) {
    executor.told(0);
    // An executor that pulls more often than it may gains nothing.
    executor.group.setReservations(
        executor, Math.max(-mostReservations(executor), executor.reservations - 1));
    executor.group.refresh(executor);
    List<OfferedAttempt> offers =
        settling ? List.of() : bindAll(executor, executor.pullable(freeSlots), true, turn);
    turn.emit(new OwnerEffect.SendPullReply(executor.id, offers));
    renewReservations(executor, turn);
  }

  /** From now on actions are offered. */
  void endSettling(Turn turn) {
    settling = false;
    for (ExecutorGroup group : List.copyOf(groups)) {
      group.idleExecutors().forEach(executor -> serveIdle(executor, turn));
    }
    for (PlatformQueue queue : queues()) {
      reserve(queue, turn);
    }
  }

  // Binding.

  private List<OfferedAttempt> bindAll(
      KnownExecutor executor, int slots, boolean pulled, Turn turn) {
    List<OfferedAttempt> offers = new ArrayList<>();
    while (offers.size() < slots) {
      Operation operation = firstFor(executor);
      if (operation == null) {
        break;
      }
      offers.add(bind(operation, executor, pulled, turn));
    }
    return offers;
  }

  private OfferedAttempt bind(
      Operation operation, KnownExecutor executor, boolean pulled, Turn turn) {
    boolean alone = operation.mustRunAlone;
    AttemptId attempt = new AttemptId(config.epoch(), ++attemptCounter);
    operation.state = new OperationState.Offered(attempt, executor, alone);
    operation.occupy(true);
    operation.attempts++;
    executor.offered(attempt, operation, pulled);
    executor.group.refresh(executor);
    dequeue(operation, turn);
    return new OfferedAttempt(attempt, operation.id, alone);
  }

  /** The first of all operations that this executor should get, over all queues that it serves. */
  private @Nullable Operation firstFor(KnownExecutor executor) {
    Operation first = null;
    for (PlatformQueue queue : executor.group.queues) {
      Operation candidate = queue.first(operation -> !shuns(operation, executor, queue));
      if (candidate != null && (first == null || Operation.TURN.compare(candidate, first) < 0)) {
        first = candidate;
      }
    }
    return first;
  }

  /** Whether {@link #firstFor} finds one. */
  private static boolean hasWorkFor(KnownExecutor executor) {
    for (PlatformQueue queue : executor.group.queues) {
      if (queue.has(operation -> !shuns(operation, executor, queue))) {
        return true;
      }
    }
    return false;
  }

  /**
   * An executor that failed under an action must not draw it again while another one could run it:
   * it would fail as fast.
   */
  private static boolean shuns(Operation operation, KnownExecutor executor, PlatformQueue queue) {
    return operation.avoided.contains(executor.id)
        && queue.groups.stream()
            .flatMap(group -> group.open().all().stream())
            .anyMatch(other -> !operation.avoided.contains(other.id));
  }

  /**
   * Of two random idle executors the one with more of its slots idle, in the group with the fewest
   * labels.
   */
  private static @Nullable KnownExecutor chooseIdle(
      PlatformQueue queue, Operation operation, RandomGenerator random) {
    for (ExecutorGroup group : queue.groups) {
      DrawSet<KnownExecutor> idle = group.idle();
      if (!idle.isEmpty()) {
        KnownExecutor one = idle.get(random.nextInt(idle.size()));
        KnownExecutor two = idle.get(random.nextInt(idle.size()));
        KnownExecutor better =
            (long) two.idleSlots() * one.slots > (long) one.idleSlots() * two.slots ? two : one;
        if (!shuns(operation, better, queue)) {
          return better;
        }
        for (KnownExecutor other : idle.all()) {
          if (!shuns(operation, other, queue)) {
            return other;
          }
        }
      }
    }
    return null;
  }

  // Reservations.

  private void reserve(PlatformQueue queue, Turn turn) {
    int open = queue.groups.stream().mapToInt(group -> group.open().size()).sum();
    if (open > ASK_ALL_EXECUTORS) {
      int first = turn.random().nextInt(open);
      int second = (first + 1 + turn.random().nextInt(open - 1)) % open;
      reserve(executorAt(queue, first), 1, turn);
      reserve(executorAt(queue, second), 1, turn);
    }
    // Also when none of the two that were drawn should get it.
    if (open <= ASK_ALL_EXECUTORS || !hasReserved(queue)) {
      queue.groups.forEach(group -> group.open().all().forEach(each -> reserve(each, 1, turn)));
    }
  }

  private static KnownExecutor executorAt(PlatformQueue queue, int place) {
    int left = place;
    for (ExecutorGroup group : queue.groups) {
      if (left < group.open().size()) {
        return group.open().get(left);
      }
      left -= group.open().size();
    }
    throw new IllegalStateException("Executor " + place + " is beyond the last one");
  }

  private static boolean hasReserved(PlatformQueue queue) {
    return queue.groups.stream().anyMatch(ExecutorGroup::hasReserved);
  }

  /**
   * A queue without a reservation anywhere would be passed over by executors that other frontends
   * keep busy.
   */
  private void ensureReserved(ExecutorGroup group, Turn turn) {
    for (PlatformQueue queue : group.queues) {
      if (!hasReserved(queue)) {
        reserve(queue, turn);
      }
    }
  }

  /**
   * The same for one executor that has used up its reservations, most likely because it is quick.
   */
  private void renewReservations(KnownExecutor executor, Turn turn) {
    if (executor.reservations <= 0) {
      int waiting = executor.group.queues.stream().mapToInt(PlatformQueue::size).sum();
      reserve(executor, waiting, turn);
    }
    ensureReserved(executor.group, turn);
  }

  private void reserve(KnownExecutor executor, int wanted, Turn turn) {
    int missing = Math.max(0, -executor.reservations);
    int count = Math.min(wanted + missing, mostReservations(executor) - executor.reservations);
    // Where a pull would be answered with nothing, another would follow at once, and so on.
    if (count > 0 && !settling && executor.open() && hasWorkFor(executor)) {
      executor.group.setReservations(executor, executor.reservations + count);
      turn.emit(new OwnerEffect.SendReserve(executor.id, count));
    }
  }

  private static int mostReservations(KnownExecutor executor) {
    return RESERVATIONS_PER_SLOT * executor.slots;
  }

  // What others may know.

  int queued() {
    return queued;
  }

  List<PlatformQueue> queues() {
    return List.copyOf(queues.values());
  }

  int queuePosition(Operation operation) {
    PlatformQueue queue = queues.get(operation.wanted);
    return queue == null ? 0 : queue.position(operation);
  }

  /** Whether an idle executor would take such an action at once. */
  boolean idleFor(Requirement wanted) {
    return !settling
        && groups.stream().anyMatch(group -> !group.idle().isEmpty() && group.meets(wanted));
  }

  /** Whether there is an executor like that, or one is made when an action waits for it. */
  boolean comes(Requirement wanted) {
    return fitting(wanted) > 0 || pools.growsFor(wanted);
  }

  /** Whether something waits that the executor could run. */
  boolean needed(KnownExecutor executor) {
    return !executor.group.queues.isEmpty();
  }

  /** Connected executors that could run it. */
  int fitting(Requirement wanted) {
    return groups.stream()
        .filter(group -> group.meets(wanted))
        .mapToInt(group -> group.open().size())
        .sum();
  }
}
