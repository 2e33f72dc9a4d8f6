package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Traits;
import build.sparrow.scheduling.owner.ExecutorGroup.Candidate;
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
  private final OwnerConfig config;
  private final Pools pools;
  private final Map<Requirement, PlatformQueue> queues = new LinkedHashMap<>();
  private final List<ExecutorGroup> groups = new ArrayList<>();
  private final Reservations reservations = new Reservations();
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
    operation.become(new OperationState.Queued());
    PlatformQueue queue = queues.computeIfAbsent(operation.wanted, this::openQueue);
    queue.add(operation);
    queued++;
    KnownExecutor idle = settling ? null : chooseIdle(queue, operation, turn.random());
    if (idle != null) {
      turn.emit(new OwnerEffect.SendOffer(idle.id, bind(operation, queue, idle, false, turn)));
    } else {
      reservations.add(queue, turn);
    }
  }

  /** Takes a queued operation out of its queue. */
  void dequeue(Operation operation, Turn turn) {
    PlatformQueue queue = queues.get(operation.wanted);
    if (queue != null && queue.remove(operation)) {
      queued--;
      while (queue.keepers.size() > queue.size()) {
        KnownExecutor released = queue.keepers.getLast();
        KeptRoom.release(released, turn);
        reservations.renew(released, turn);
      }
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
        queue.serveBy(group, pools.taken(wanted, group.traits));
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
        reservations.takeBack(group, turn);
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
        queue.serveBy(group, pools.taken(queue.wanted, traits));
      }
    }
    return group;
  }

  /** The executor is gone for good. */
  void leave(KnownExecutor executor, Turn turn) {
    KeptRoom.forget(executor);
    ExecutorGroup group = executor.group;
    group.leave(executor);
    groups.sort(ExecutorGroup.FEWEST_ABILITIES);
    if (group.members == 0) {
      groups.remove(group);
      group.queues.forEach(queue -> queue.leave(group));
    }
    replaceReservations(group, turn);
  }

  /** The executor can get no more work; what waited for it asks others. */
  void close(KnownExecutor executor, Turn turn) {
    KeptRoom.forget(executor);
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
    reservations.ensure(group, turn);
  }

  /** The executor can get work (again). */
  void open(KnownExecutor executor, Turn turn) {
    executor.group.refresh(executor);
    reservations.ensure(executor.group, turn);
  }

  /** The executor has room and nothing else to do. */
  void serveIdle(KnownExecutor executor, Turn turn) {
    executor.group.refresh(executor);
    if (settling) {
      return;
    }
    for (OfferedAttempt offer : bindAll(executor, executor.idle(), false, turn)) {
      turn.emit(new OwnerEffect.SendOffer(executor.id, offer));
    }
    KeptRoom.tell(executor, turn);
    reservations.renew(executor, turn);
  }

  /** The executor asks for work; it always gets an answer, or its room would wait for one. */
  void servePull(KnownExecutor executor, Resources free, Turn turn) {
    executor.told(Resources.NONE, false);
    reservations.use(executor);
    executor.group.refresh(executor);
    Resources room = executor.pullable(free);
    List<OfferedAttempt> offers = settling ? List.of() : bindAll(executor, room, true, turn);
    executor.pulledInVain = offers.isEmpty() ? room : null;
    turn.emit(
        new OwnerEffect.SendPullReply(
            executor.id, offers, executor.group.overdueNanos(turn.nowNanos())));
    KeptRoom.tell(executor, turn);
    reservations.renew(executor, turn);
  }

  /** From now on actions are offered. */
  void endSettling(Turn turn) {
    settling = false;
    reservations.begin();
    for (ExecutorGroup group : List.copyOf(groups)) {
      group.idleExecutors().forEach(executor -> serveIdle(executor, turn));
    }
    for (PlatformQueue queue : queues()) {
      reservations.add(queue, turn);
    }
  }

  // Binding.

  /** Gives the executor what it has room for, in turn. */
  private List<OfferedAttempt> bindAll(
      KnownExecutor executor, Resources room, boolean pulled, Turn turn) {
    List<OfferedAttempt> offers = new ArrayList<>();
    Resources left = room;
    PlatformQueue kept = executor.keepsRoomFor;
    if (kept != null && left.covers(kept.size(executor))) {
      KeptRoom.release(executor, turn);
      // It has the room that was kept, whatever is more urgent by now.
      Operation waited = kept.firstFor(executor);
      if (waited != null) {
        left = left.minus(kept.size(executor));
        offers.add(bind(waited, kept, executor, pulled, turn));
      }
    }
    while (left.slots() > 0) {
      Candidate next = firstToFit(executor, left);
      if (next == null) {
        break;
      }
      Resources size = next.queue().size(executor);
      if (left.covers(size)) {
        offers.add(bind(next.operation(), next.queue(), executor, pulled, turn));
      } else {
        KeptRoom.keep(executor, next.queue());
      }
      left = left.minus(size);
    }
    return offers;
  }

  /** What fits in is passed over only for what room can be kept for. */
  private static @Nullable Candidate firstToFit(KnownExecutor executor, Resources room) {
    return executor.group.firstFor(
        executor,
        queue -> room.covers(queue.size(executor)) || KeptRoom.mayBeKept(executor, queue));
  }

  private OfferedAttempt bind(
      Operation operation, PlatformQueue queue, KnownExecutor executor, boolean pulled, Turn turn) {
    OfferedAttempt offer =
        new OfferedAttempt(
            new AttemptId(config.epoch(), ++attemptCounter),
            operation.id,
            queue.size(executor),
            operation.mustRunAlone);
    operation.become(new OperationState.Offered(offer.attempt(), executor, offer.alone()));
    operation.boundNanos = turn.nowNanos();
    operation.occupy(true);
    operation.attempts++;
    executor.offered(offer, operation, pulled);
    executor.group.refresh(executor);
    dequeue(operation, turn);
    return offer;
  }

  /**
   * In the group that can do least, the executor that most likely holds the action's inputs,
   * because it ran the last action for the same target; if that is busy, of two random idle ones
   * the one with more of its slots idle, best of those that are left to this owner; if that has not
   * the room, any other that has.
   */
  private static @Nullable KnownExecutor chooseIdle(
      PlatformQueue queue, Operation operation, RandomGenerator random) {
    for (ExecutorGroup group : queue.groups) {
      DrawSet<KnownExecutor> idle = group.idle();
      if (!idle.isEmpty()) {
        KnownExecutor warm = group.at(operation.kinPlace());
        if (warm != null
            && operation.hasKin()
            && warm.mostLikelyIdle()
            && canTake(queue, operation, warm)) {
          return warm;
        }
        DrawSet<KnownExecutor> best = group.idleBest();
        KnownExecutor one = best.get(random.nextInt(best.size()));
        KnownExecutor two = best.get(random.nextInt(best.size()));
        KnownExecutor better = idleShare(two) > idleShare(one) ? two : one;
        if (canTake(queue, operation, better)) {
          return better;
        }
        for (KnownExecutor other : idle.all()) {
          if (canTake(queue, operation, other)) {
            return other;
          }
        }
      }
    }
    return null;
  }

  private static double idleShare(KnownExecutor executor) {
    return (double) executor.idle().slots() / executor.capacity.slots();
  }

  private static boolean canTake(PlatformQueue queue, Operation operation, KnownExecutor executor) {
    return executor.idle().covers(queue.size(executor)) && !queue.shuns(operation, executor);
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

  /** Whether the other operation could run where this one does, if this one did not. */
  boolean makesRoom(Operation running, KnownExecutor executor, Operation waiting) {
    PlatformQueue queue = queues.get(waiting.wanted);
    return queue != null
        && executor.open()
        && queue.groups.contains(executor.group)
        && !queue.shuns(waiting, executor)
        && pools.taken(running.wanted, executor.group.traits).covers(queue.size(executor));
  }

  /** Whether an idle executor would take such an action at once. */
  boolean idleFor(Requirement wanted) {
    return !settling
        && groups.stream()
            .filter(group -> group.meets(wanted))
            .anyMatch(
                group ->
                    group.idle().all().stream()
                        .anyMatch(
                            executor -> executor.idle().covers(pools.taken(wanted, group.traits))));
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
