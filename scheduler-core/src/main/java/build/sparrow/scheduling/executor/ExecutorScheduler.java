package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.Attempt.State;
import build.sparrow.scheduling.executor.Attempt.StopReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The executor's half of the scheduler. It is the authority on its own slots: whatever frontends
 * believe, an attempt runs only if there is room for it when its offer arrives, and runs once.
 *
 * <p>A freed slot pulls the frontends that hold reservations, one after another; when none is left
 * it is left to a frontend as a token. Not safe for use by several threads at once.
 */
public final class ExecutorScheduler {
  private final ExecutorTimes times;
  private final Slots slots;
  private final Map<FrontendId, Frontend> frontends = new TreeMap<>();
  private final FreeRoom room;
  private @Nullable Drain drain;
  private @Nullable Long heartbeatNanos;
  private List<ExecutorEffect> effects = new ArrayList<>();

  /** A drain that was asked for. */
  private record Drain(long untilNanos, boolean over) {}

  public ExecutorScheduler(ExecutorConfig config) {
    times = config.times();
    slots = new Slots(config.slots());
    room = new FreeRoom(slots, frontends.values(), times.pullReply());
  }

  /**
   * Takes one step.
   *
   * @param nowNanos nanoseconds since any fixed moment, never less than in the step before
   * @return what must be done, in this order
   */
  public List<ExecutorEffect> on(ExecutorEvent event, long nowNanos) {
    effects = new ArrayList<>();
    if (heartbeatNanos == null) {
      heartbeatNanos = nowNanos + times.heartbeat().toNanos();
    }
    handle(event, nowNanos);
    expire(nowNanos);
    slots.readyToRunAlone().ifPresent(this::start);
    room.use(nowNanos, effects);
    concludeDrain();
    return List.copyOf(effects);
  }

  /** When {@link ExecutorEvent.Tick} is due; empty before the first event. */
  public OptionalLong nextTimerNanos() {
    if (heartbeatNanos == null) {
      return OptionalLong.empty();
    }
    long next = Math.min(heartbeatNanos, room.nextNanos());
    for (Frontend frontend : frontends.values()) {
      next = Math.min(next, frontend.nextExpiryNanos());
      next = Math.min(next, takeoverNanos(frontend));
    }
    for (Attempt attempt : slots.view()) {
      if (attempt.state instanceof State.Reported(_, var untilNanos)) {
        next = Math.min(next, untilNanos);
      }
    }
    if (drain != null && !drain.over()) {
      next = Math.min(next, drain.untilNanos());
    }
    return OptionalLong.of(next);
  }

  public ExecutorSnapshot snapshot() {
    return new ExecutorSnapshot(
        slots.capacity(),
        drain == null ? slots.free() : Resources.NONE,
        drain != null,
        slots.view().stream().filter(Attempt::wanted).map(Attempt::progress).toList(),
        slots.view().stream()
            .filter(attempt -> attempt.state instanceof State.Stopping)
            .map(attempt -> attempt.id)
            .toList(),
        frontends.values().stream()
            .filter(frontend -> frontend.connected)
            .map(
                frontend ->
                    new ExecutorSnapshot.Frontend(
                        frontend.id,
                        frontend.reservations(),
                        frontend.tokens,
                        frontend.roomWanted(),
                        frontend.promised(),
                        frontend.pendingPulls()))
            .toList());
  }

  private void handle(ExecutorEvent event, long nowNanos) {
    switch (event) {
      case ExecutorEvent.Connected(var id) -> connected(frontend(id), nowNanos);
      case ExecutorEvent.Disconnected(var id) -> frontend(id).disconnect(nowNanos);
      case ExecutorEvent.FrontendGone(var id) ->
          frontend(id).gone(nowNanos + times.orphanRetention().toNanos());
      case ExecutorEvent.Welcomed(var id, var epoch, var counted) -> {
        frontend(id).welcome(epoch);
        slots.count(counted);
      }
      case ExecutorEvent.OfferReceived(var id, var offer) -> offered(frontend(id), offer, false);
      case ExecutorEvent.PullAnswered(var id, var offers, var overdueNanos) -> {
        Frontend frontend = frontend(id);
        frontend.dueNanos = nowNanos - overdueNanos;
        boolean promised = frontend.answered();
        offers.forEach(offer -> offered(frontend, offer, promised));
      }
      case ExecutorEvent.Reserved(var id, var count, var overdueNanos) -> {
        if (drain == null) {
          frontend(id).reserve(count, nowNanos - overdueNanos);
        }
      }
      case ExecutorEvent.ReservationsCancelled(var id, var count) -> frontend(id).takeBack(count);
      case ExecutorEvent.RoomWanted(var id, var room) -> {
        if (drain == null) {
          frontend(id).wantRoom(room, nowNanos);
        }
      }
      case ExecutorEvent.KillReceived(var id, var attempt) -> {
        Attempt held = slots.find(attempt, id);
        if (held != null) {
          kill(held, nowNanos);
        }
      }
      case ExecutorEvent.Acknowledged(var id, var attempt) -> {
        Attempt held = slots.find(attempt, id);
        if (held != null && held.state instanceof State.Reported) {
          forget(held);
        }
      }
      case ExecutorEvent.PhaseReached(var attempt, var phase) -> phaseReached(attempt, phase);
      case ExecutorEvent.Ended(var attempt, var ending) -> ended(attempt, ending, nowNanos);
      case ExecutorEvent.DrainAsked(var grace) -> drain(grace, nowNanos);
      case ExecutorEvent.Tick _ -> {}
    }
  }

  private Frontend frontend(FrontendId id) {
    return frontends.computeIfAbsent(id, Frontend::new);
  }

  private void connected(Frontend frontend, long nowNanos) {
    frontend.connect();
    List<Attempt> owned = slots.of(frontend.id);
    effects.add(
        new ExecutorEffect.SendHello(
            frontend.id,
            owned.stream().filter(Attempt::wanted).map(Attempt::progress).toList(),
            drain != null));
    if (drain != null) {
      sendDraining(frontend, drain.untilNanos() - nowNanos);
    }
    for (Attempt attempt : owned) {
      if (attempt.state instanceof State.Reported(var ending, _)) {
        effects.add(new ExecutorEffect.SendDone(frontend.id, attempt.id, ending));
      }
    }
  }

  /**
   * An offer comes.
   *
   * @param promised whether room was kept free for it; else it comes on a token
   */
  private void offered(Frontend frontend, Offered offer, boolean promised) {
    Attempt held = slots.find(offer.attempt(), frontend.id);
    if (held != null && held.wanted()) {
      effects.add(new ExecutorEffect.SendAccept(frontend.id, offer.attempt()));
      return;
    }
    Resources free = room.forOffer(promised);
    boolean first = frontend.firstSeen(offer.attempt());
    if (!first || !free.covers(offer.size())) {
      // Of a late duplicate the frontend does not look at the answer.
      frontend.tokens = first ? free : frontend.tokens;
      effects.add(new ExecutorEffect.SendReject(frontend.id, offer.attempt(), free));
      return;
    }
    if (!promised) {
      frontend.tokens = frontend.tokens.minus(offer.size());
    }
    Attempt attempt = new Attempt(offer, frontend.id);
    slots.add(attempt);
    effects.add(new ExecutorEffect.SendAccept(frontend.id, attempt.id));
    if (!attempt.alone) {
      start(attempt);
    }
  }

  private void start(Attempt attempt) {
    attempt.state = new State.Running(Phase.FETCHING);
    effects.add(new ExecutorEffect.Start(attempt.id));
  }

  private void kill(Attempt attempt, long nowNanos) {
    switch (attempt.state) {
      case State.Waiting _ -> report(attempt, Ending.KILLED, nowNanos);
      case State.Running _ -> stop(attempt, StopReason.KILLED);
      // It ended before the kill came; its Done is on the way and will be answered.
      case State.Reported _, State.Stopping _ -> {}
    }
  }

  private void stop(Attempt attempt, StopReason reason) {
    attempt.state = new State.Stopping(reason);
    effects.add(new ExecutorEffect.Stop(attempt.id));
  }

  private void phaseReached(AttemptId id, Phase phase) {
    Attempt attempt = slots.find(id);
    if (attempt == null || !(attempt.state instanceof State.Running)) {
      return;
    }
    attempt.state = new State.Running(phase);
    if (frontend(attempt.owner).connected) {
      effects.add(
          new ExecutorEffect.SendProgress(attempt.owner, List.of(new AttemptProgress(id, phase))));
    }
  }

  private void ended(AttemptId id, Ending ending, long nowNanos) {
    Attempt attempt = slots.find(id);
    if (attempt == null) {
      return;
    }
    switch (attempt.state) {
      case State.Running _ -> report(attempt, ending, nowNanos);
      case State.Stopping(var reason) -> {
        switch (reason) {
          // Whatever it says: half of what it did may be missing.
          case KILLED -> report(attempt, Ending.KILLED, nowNanos);
          case HANDED_BACK, ORPHANED -> forget(attempt);
        }
      }
      case State.Waiting _, State.Reported _ -> {}
    }
  }

  private void report(Attempt attempt, Ending ending, long nowNanos) {
    attempt.state = new State.Reported(ending, nowNanos + times.resultRetention().toNanos());
    Frontend owner = frontend(attempt.owner);
    if (owner.connected) {
      owner.freed = owner.freed.plus(attempt.size);
      effects.add(new ExecutorEffect.SendDone(attempt.owner, attempt.id, ending));
    }
  }

  private void forget(Attempt attempt) {
    slots.remove(attempt);
    effects.add(new ExecutorEffect.Forget(attempt.id));
  }

  // Time.

  private void expire(long nowNanos) {
    for (Attempt attempt : slots.all()) {
      if (attempt.state instanceof State.Reported(_, var untilNanos) && untilNanos <= nowNanos) {
        forget(attempt);
      }
    }
    for (Frontend frontend : frontends.values()) {
      frontend.expirePulls(nowNanos);
      if (takeoverNanos(frontend) <= nowNanos) {
        announceElsewhere(frontend);
      }
      if (frontend.orphansExpired(nowNanos)) {
        frontend.orphansDropped();
        slots.of(frontend.id).forEach(this::dropOrphan);
      }
    }
    if (drain != null && !drain.over() && drain.untilNanos() <= nowNanos) {
      drain = new Drain(drain.untilNanos(), true);
      slots.all().forEach(this::handBack);
    }
    if (heartbeatNanos != null && heartbeatNanos <= nowNanos) {
      heartbeatNanos = nowNanos + times.heartbeat().toNanos();
      heartbeat();
    }
  }

  /** When what the frontend began is announced to others; Long.MAX_VALUE if there is nothing to. */
  private long takeoverNanos(Frontend frontend) {
    long due = frontend.awayForNanos(times.takeover().toNanos());
    return due == Long.MAX_VALUE
            || slots.of(frontend.id).stream().noneMatch(Attempt::wanted)
            || frontends.values().stream().noneMatch(Frontend::listens)
        ? Long.MAX_VALUE
        : due;
  }

  /**
   * Who asked the frontend for an action asks another one now, which has to know that it runs: the
   * one that is next for it, of those that can be told.
   */
  private void announceElsewhere(Frontend gone) {
    Map<FrontendId, List<Attempt>> heirs = new TreeMap<>();
    for (Attempt attempt : slots.of(gone.id)) {
      if (attempt.wanted()) {
        frontends.values().stream()
            .filter(Frontend::listens)
            .max(Comparator.comparingLong(each -> Rendezvous.weight(each.id, attempt.action)))
            .ifPresent(heir -> heirs.computeIfAbsent(heir.id, _ -> new ArrayList<>()).add(attempt));
      }
    }
    heirs.forEach(
        (heir, attempts) -> {
          effects.add(
              new ExecutorEffect.SendAnnounce(
                  heir, attempts.stream().map(Attempt::progress).toList()));
          for (Attempt attempt : attempts) {
            attempt.owner = heir;
            if (attempt.state instanceof State.Reported(var ending, _)) {
              effects.add(new ExecutorEffect.SendDone(heir, attempt.id, ending));
            }
          }
        });
  }

  /** Nobody will ever ask for it: its slot and its result are for others. */
  private void dropOrphan(Attempt attempt) {
    switch (attempt.state) {
      case State.Waiting _, State.Reported _ -> forget(attempt);
      case State.Running _ -> stop(attempt, StopReason.ORPHANED);
      case State.Stopping _ -> attempt.state = new State.Stopping(StopReason.ORPHANED);
    }
  }

  private void heartbeat() {
    frontends.values().removeIf(each -> !each.connected && slots.of(each.id).isEmpty());
    for (Frontend frontend : frontends.values()) {
      if (frontend.connected) {
        effects.add(
            new ExecutorEffect.SendProgress(
                frontend.id,
                slots.of(frontend.id).stream()
                    .filter(attempt -> attempt.wanted() && attempt.holdsSlot())
                    .map(Attempt::progress)
                    .toList()));
      }
    }
  }

  // Draining.

  private void drain(Duration grace, long nowNanos) {
    long untilNanos = nowNanos + grace.toNanos();
    if (drain != null) {
      // Asked again: the shorter grace counts.
      drain = new Drain(Math.min(drain.untilNanos(), untilNanos), drain.over());
      return;
    }
    drain = new Drain(untilNanos, false);
    room.close();
    for (Frontend frontend : frontends.values()) {
      frontend.takeBackAll();
      if (frontend.connected) {
        sendDraining(frontend, grace.toNanos());
      }
    }
    for (Attempt attempt : slots.all()) {
      if (attempt.state instanceof State.Waiting
          || attempt.state.equals(new State.Running(Phase.FETCHING))) {
        handBack(attempt);
      }
    }
  }

  private void sendDraining(Frontend frontend, long graceNanos) {
    effects.add(
        new ExecutorEffect.SendDraining(frontend.id, Duration.ofNanos(Math.max(0, graceNanos))));
  }

  private void handBack(Attempt attempt) {
    switch (attempt.state) {
      case State.Waiting _ -> {
        sendHandBack(attempt);
        forget(attempt);
      }
      case State.Running _ -> {
        sendHandBack(attempt);
        stop(attempt, StopReason.HANDED_BACK);
      }
      case State.Stopping _, State.Reported _ -> {}
    }
  }

  private void sendHandBack(Attempt attempt) {
    // Without a stream the owner learns it from the next Hello, which no longer lists the attempt,
    // or from the loss.
    if (frontend(attempt.owner).connected) {
      effects.add(new ExecutorEffect.SendHandBack(attempt.owner, attempt.id));
    }
  }

  private boolean drained;

  private void concludeDrain() {
    if (drain != null && !drained && !slots.running() && (slots.empty() || drain.over())) {
      drained = true;
      effects.add(new ExecutorEffect.Drained());
    }
  }
}
