package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.Resources;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of free room: some is kept for an action that waits for more, some is promised to a
 * frontend that was asked for work, and the rest frontends are told of, as tokens.
 *
 * <p>What an attempt leaves is told to its own frontend alone, with its result: whoever used a slot
 * uses it again, and nobody else offers to it. Only room that stays unused is told to all.
 */
final class FreeRoom {
  /** An action must not wait for longer than 50 ms and two round trips where room is free. */
  private static final Duration TOLD_TO_ALL_AFTER = Duration.ofMillis(45);

  private final Slots slots;
  private final Collection<Frontend> frontends;
  private final Duration pullReply;
  private boolean closed;

  /** Since when there is room that not all know of; null if there is none. */
  private @Nullable Long untoldSinceNanos;

  private long nextNanos = Long.MAX_VALUE;

  /**
   * @param frontends all that are known, now and later
   * @param pullReply a frontend that does not answer a pull by then is passed over
   */
  FreeRoom(Slots slots, Collection<Frontend> frontends, Duration pullReply) {
    this.slots = slots;
    this.frontends = frontends;
    this.pullReply = pullReply;
  }

  /** From now on there is none. */
  void close() {
    closed = true;
  }

  /** When {@link #use} has something to do by itself; Long.MAX_VALUE if never. */
  long nextNanos() {
    return nextNanos;
  }

  /**
   * What an offer may take.
   *
   * @param promised whether the offer answers a pull, whose room is still kept free for it
   */
  Resources forOffer(boolean promised) {
    return promised && !closed ? slots.free() : forAnybody(slots.free());
  }

  /**
   * Asks for work where an action waits, the most overdue one first; only where none does,
   * frontends are told of the room.
   */
  void use(long nowNanos, List<ExecutorEffect> effects) {
    nextNanos = Long.MAX_VALUE;
    if (!closed) {
      Resources free = unpromised();
      Resources room = forAnybody(free);
      Frontend keeper = firstThatWaitsForRoom();
      Frontend waiting = mostOverdue();
      if (keeper != null && free.covers(keeper.roomWanted())) {
        pull(keeper, free, nowNanos, effects);
      } else if (waiting != null && room.slots() > 0) {
        pull(waiting, room, nowNanos, effects);
      } else {
        tell(room, nowNanos, effects);
      }
    }
    frontends.forEach(frontend -> frontend.freed = Resources.NONE);
  }

  private Resources unpromised() {
    Resources free = slots.free();
    for (Frontend frontend : frontends) {
      free = free.minus(frontend.promised());
    }
    return free;
  }

  /**
   * What may be used of free room. What an action waits for is kept for it: only what it does not
   * need is given to others, so that none of them delays it.
   */
  private Resources forAnybody(Resources free) {
    if (closed) {
      return Resources.NONE;
    }
    Frontend keeper = firstThatWaitsForRoom();
    return keeper == null ? free : free.minus(keeper.roomWanted());
  }

  /** The one that has waited longest. */
  private @Nullable Frontend firstThatWaitsForRoom() {
    Frontend first = null;
    for (Frontend frontend : frontends) {
      long sinceNanos = frontend.waitsForRoomSinceNanos();
      if (sinceNanos < (first == null ? Long.MAX_VALUE : first.waitsForRoomSinceNanos())) {
        first = frontend;
      }
    }
    return first;
  }

  /** Of those that hold reservations, the one whose actions should have run before all others. */
  private @Nullable Frontend mostOverdue() {
    Frontend first = null;
    for (Frontend frontend : frontends) {
      if (frontend.reservations() > 0 && (first == null || frontend.dueNanos < first.dueNanos)) {
        first = frontend;
      }
    }
    return first;
  }

  /** Asks for as many actions as there is room for: one round trip fills them all. */
  private void pull(
      Frontend frontend, Resources room, long nowNanos, List<ExecutorEffect> effects) {
    frontend.pulled(room, nowNanos + pullReply.toNanos());
    effects.add(new ExecutorEffect.SendPull(frontend.id, room));
  }

  private void tell(Resources room, long nowNanos, List<ExecutorEffect> effects) {
    boolean allKnow = true;
    for (Frontend frontend : frontends) {
      if (frontend.connected) {
        Resources left = frontend.tokens.plus(frontend.freed).within(room);
        if (frontend.freed.slots() > 0 && left.slots() > 0) {
          tell(frontend, left, false, effects);
        }
        allKnow &= frontend.tokens.covers(room);
      }
    }
    if (room.slots() == 0) {
      // What is promised may come back, and has waited as long as it was not used.
      untoldSinceNanos = slots.free().slots() == 0 ? null : untoldSinceNanos;
    } else if (allKnow) {
      untoldSinceNanos = null;
    } else {
      untoldSinceNanos = untoldSinceNanos == null ? nowNanos : untoldSinceNanos;
      nextNanos = untoldSinceNanos + TOLD_TO_ALL_AFTER.toNanos();
      if (nextNanos <= nowNanos) {
        tellAll(room, effects);
      }
    }
  }

  private void tellAll(Resources room, List<ExecutorEffect> effects) {
    for (Frontend frontend : frontends) {
      // A frontend that believes in more than there is learns so from a rejection: cheaper than
      // telling all of each start.
      if (frontend.connected && !frontend.tokens.covers(room)) {
        tell(frontend, room, true, effects);
      }
    }
    untoldSinceNanos = null;
    nextNanos = Long.MAX_VALUE;
  }

  private static void tell(
      Frontend frontend, Resources room, boolean shared, List<ExecutorEffect> effects) {
    frontend.tokens = room;
    effects.add(new ExecutorEffect.SendToken(frontend.id, room, shared));
  }
}
