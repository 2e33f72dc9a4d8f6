package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Resources;

/**
 * Finds room for operations that take more than any executor has free at once. The executor that
 * such an operation was the first for keeps what frees until there is enough, and gives others only
 * what that one does not need; so it is delayed by none of them. Whoever has the room sooner still
 * gets it.
 *
 * <p>Room is kept for a queue, as reservations are: for whichever of its operations is first then.
 */
final class KeptRoom {
  private KeptRoom() {}

  /** Whether the executor is not asked for room yet, and an operation of the queue has none. */
  static boolean mayBeKept(KnownExecutor executor, PlatformQueue queue) {
    return executor.keepsRoomFor == null && queue.keepers.size() < queue.size();
  }

  /** To be told to the executor after what it gets of the room that it has. */
  static void keep(KnownExecutor executor, PlatformQueue queue) {
    executor.keepsRoomFor = queue;
    queue.keepers.add(executor);
    executor.keep(queue.size(executor));
    executor.group.refresh(executor);
  }

  static void tell(KnownExecutor executor, Turn turn) {
    PlatformQueue queue = executor.keepsRoomFor;
    if (queue != null && !executor.knowsOfKeptRoom) {
      executor.knowsOfKeptRoom = true;
      turn.emit(new OwnerEffect.SendRoomWanted(executor.id, queue.size(executor)));
    }
  }

  static void release(KnownExecutor executor, Turn turn) {
    if (executor.keepsRoomFor != null) {
      forget(executor);
      turn.emit(new OwnerEffect.SendRoomWanted(executor.id, Resources.NONE));
    }
  }

  /** The executor has forgotten it, too. */
  static void forget(KnownExecutor executor) {
    if (executor.keepsRoomFor != null) {
      executor.keepsRoomFor.keepers.remove(executor);
      executor.keepsRoomFor = null;
      executor.knowsOfKeptRoom = false;
      executor.pulledInVain = null;
    }
  }
}
