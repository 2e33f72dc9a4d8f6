package build.sparrow.scheduling.owner;

/**
 * Places in executors' queues. One brings an executor to pull when it has room; what it then gets
 * is decided only then.
 */
final class Reservations {
  /**
   * Up to this many executors, all get a reservation: sampling would leave some of a small pool
   * unasked.
   */
  private static final int ASK_ALL_EXECUTORS = 8;

  private boolean asking;

  /** Until then none is made. */
  void begin() {
    asking = true;
  }

  /** For an operation that has come to the queue. */
  void add(PlatformQueue queue, Turn turn) {
    int open = queue.groups.stream().mapToInt(group -> group.open().size()).sum();
    if (open > ASK_ALL_EXECUTORS) {
      add(executorAt(queue, turn.random().nextInt(open)), 1, turn);
    }
    // Also when the one that was drawn should not get it.
    if (open <= ASK_ALL_EXECUTORS || !hasAny(queue)) {
      queue.groups.forEach(group -> group.open().all().forEach(each -> add(each, 1, turn)));
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

  private static boolean hasAny(PlatformQueue queue) {
    return queue.groups.stream().anyMatch(ExecutorGroup::hasReserved);
  }

  /**
   * A queue without a reservation anywhere would be passed over by executors that other frontends
   * keep busy.
   */
  void ensure(ExecutorGroup group, Turn turn) {
    for (PlatformQueue queue : group.queues) {
      if (!hasAny(queue) && queue.keepers.size() < queue.size()) {
        add(queue, turn);
      }
    }
  }

  /**
   * The same for one executor that has used up its reservations, most likely because it is quick.
   */
  void renew(KnownExecutor executor, Turn turn) {
    if (executor.reservations <= 0) {
      int waiting = executor.group.queues.stream().mapToInt(PlatformQueue::size).sum();
      add(executor, waiting, turn);
    }
    ensure(executor.group, turn);
  }

  private void add(KnownExecutor executor, int wanted, Turn turn) {
    int missing = Math.max(0, -executor.reservations);
    int count = Math.min(wanted + missing, most(executor) - executor.reservations);
    if (count > 0 && asking && executor.open() && comesForSomething(executor)) {
      executor.group.setReservations(executor, executor.reservations + count);
      turn.emit(
          new OwnerEffect.SendReserve(
              executor.id, count, executor.group.overdueNanos(turn.nowNanos())));
    }
  }

  /** Where a pull would be answered with nothing, another would follow at once, and so on. */
  private static boolean comesForSomething(KnownExecutor executor) {
    for (PlatformQueue queue : executor.group.queues) {
      boolean hopes =
          executor.pulledInVain == null
              || executor.pulledInVain.covers(queue.size(executor))
              || KeptRoom.mayBeKept(executor, queue);
      if (hopes && queue.hasFor(executor)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A pull uses one up, also one that came without: an executor that keeps room, or got no answer
   * for long, pulls more often than it was asked to, and counts so too.
   */
  void use(KnownExecutor executor) {
    executor.group.setReservations(executor, executor.reservations - 1);
  }

  /** Takes back those that no queue needs, before they cost a vain pull. */
  void takeBack(ExecutorGroup group, Turn turn) {
    for (KnownExecutor executor : group.reserved()) {
      turn.emit(new OwnerEffect.SendCancelReserve(executor.id, executor.reservations));
      group.setReservations(executor, 0);
    }
  }

  /** One for each of its slots: more would only be more messages. */
  private static int most(KnownExecutor executor) {
    return executor.capacity.slots();
  }
}
