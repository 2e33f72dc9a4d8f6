package build.sparrow.scheduling.sim;

import static build.sparrow.scheduling.sim.Invariants.require;

import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorSnapshot;
import build.sparrow.scheduling.owner.OwnerSnapshot;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.util.List;

/**
 * What schedulers must believe of each other after each event, and what must be left of it in the
 * end: nothing.
 */
final class Beliefs {
  private final Simulation farm;

  Beliefs(Simulation farm) {
    this.farm = farm;
  }

  void check(FrontendProcess frontend) {
    OwnerSnapshot snapshot = frontend.scheduler().snapshot(farm.timeline.now());
    boolean settled = frontend.awakeNanos() > Simulation.TIMES.settle().toNanos();
    for (OwnerSnapshot.Queue queue : snapshot.queues()) {
      require(queue.queuedActions() > 0, "An empty queue for {} is kept", queue.platform());
      if (settled) {
        checkServed(frontend, snapshot, queue);
      }
    }
    checkSameReservations(frontend, snapshot);
    for (OwnerSnapshot.Executor executor : snapshot.executors()) {
      require(
          executor.reservations() == 0
              || snapshot.queues().stream().anyMatch(queue -> fits(executor, queue)),
          "{} holds {} reservations at {} for no queue",
          frontend.epoch,
          executor.reservations(),
          executor.id());
    }
  }

  /**
   * A queue with an executor for it has a token or a reservation there, else nobody would come for
   * it.
   */
  private void checkServed(
      FrontendProcess frontend, OwnerSnapshot snapshot, OwnerSnapshot.Queue queue) {
    int open = 0;
    int keeping = 0;
    for (OwnerSnapshot.Executor executor : snapshot.executors()) {
      if (fits(executor, queue) && executor.connection() == OwnerSnapshot.Connection.READY) {
        open++;
        keeping += executor.keptRoom().slots() > 0 ? 1 : 0;
        // One that failed under an action may be passed over.
        require(
            !executor.idle().covers(taken(executor, queue)) || farm.scenario.badActions() > 0,
            "{} lets {} idle while {} waits",
            frontend.epoch,
            executor.id(),
            queue);
      }
    }
    require(
        queue.reservations() > 0
            || keeping >= Math.min(open, queue.queuedActions())
            || (keeping > 0 && farm.scenario.badActions() > 0),
        "{} has executors for {} and asks none",
        frontend.epoch,
        queue);
    if (farm.scenario.faultsUntilNanos() == 0) {
      checkWorkConserved(frontend, snapshot, queue);
    }
  }

  /** When nothing fails, no executor idles for long while an action that it could run waits. */
  private void checkWorkConserved(
      FrontendProcess frontend, OwnerSnapshot snapshot, OwnerSnapshot.Queue queue) {
    long roundTrip = 2 * farm.scenario.maxDelayNanos();
    long bound = (farm.scenario.frontends() + 1) * roundTrip + 50 * Timeline.MILLISECOND;
    if (queue.oldestWaitNanos() <= bound
        || frontend.awakeNanos() <= Simulation.TIMES.settle().toNanos() + bound) {
      return;
    }
    for (OwnerSnapshot.Executor executor : snapshot.executors()) {
      Long since = farm.invariants.idleSinceNanos(executor.id());
      require(
          !fits(executor, queue)
              || since == null
              || !hasRoom(executor, queue)
              || farm.timeline.now() - since <= bound,
          "{} idles since {} us while {} waits",
          executor.id(),
          since == null ? 0 : since / 1_000,
          queue);
    }
  }

  /** Whether the executor has room for such an action that it need not keep for another. */
  private boolean hasRoom(OwnerSnapshot.Executor executor, OwnerSnapshot.Queue queue) {
    return farm.executors().stream()
        .filter(each -> each.id.equals(executor.id()))
        .map(each -> each.scheduler().snapshot())
        .anyMatch(snapshot -> KeptRooms.forOthers(snapshot).covers(taken(executor, queue)));
  }

  private Resources taken(OwnerSnapshot.Executor executor, OwnerSnapshot.Queue queue) {
    return farm.scenario.taken(pool(executor), queue.platform());
  }

  private PoolDeclaration pool(OwnerSnapshot.Executor executor) {
    return farm.scenario.pools().stream()
        .filter(pool -> pool.name().equals(executor.pool()))
        .findFirst()
        .orElseThrow();
  }

  private boolean fits(OwnerSnapshot.Executor executor, OwnerSnapshot.Queue queue) {
    PoolDeclaration pool = pool(executor);
    return farm.scenario.meets(pool, queue.platform())
        && (pool.onDemand() || !queue.onDemandOnly());
  }

  /** Where nothing is under way, both ends count the same reservations. */
  private static void checkSameReservations(FrontendProcess frontend, OwnerSnapshot snapshot) {
    for (Stream stream : frontend.quietStreams()) {
      if (stream.executor.draining()) {
        continue;
      }
      checkSameRoomWanted(frontend, snapshot, stream);
      int here =
          snapshot.executors().stream()
              .filter(each -> each.id().equals(stream.executor.id))
              .mapToInt(OwnerSnapshot.Executor::reservations)
              .sum();
      int there =
          stream.executor.scheduler().snapshot().frontends().stream()
              .filter(each -> each.id().equals(frontend.id))
              .mapToInt(ExecutorSnapshot.Frontend::reservations)
              .sum();
      require(
          here == there,
          "{} counts {} reservations at {}, which counts {}",
          frontend.epoch,
          here,
          stream.executor.id,
          there);
    }
  }

  private static void checkSameRoomWanted(
      FrontendProcess frontend, OwnerSnapshot snapshot, Stream stream) {
    Resources here =
        snapshot.executors().stream()
            .filter(each -> each.id().equals(stream.executor.id))
            .map(OwnerSnapshot.Executor::keptRoom)
            .findFirst()
            .orElse(Resources.NONE);
    Resources there =
        stream.executor.scheduler().snapshot().frontends().stream()
            .filter(each -> each.id().equals(frontend.id))
            .map(ExecutorSnapshot.Frontend::roomWanted)
            .findFirst()
            .orElse(Resources.NONE);
    require(
        here.equals(there),
        "{} believes that {} keeps {} for it, which keeps {}",
        frontend.epoch,
        stream.executor.id,
        here,
        there);
  }

  // The end.

  /** All calls have ended, and all times have passed: nothing is left of them. */
  void checkQuiescence() {
    List<FrontendProcess> alive = farm.frontends().stream().filter(FrontendProcess::alive).toList();
    for (FrontendProcess frontend : alive) {
      OwnerSnapshot snapshot = frontend.scheduler().snapshot(farm.timeline.now());
      int executors = farm.executors().size();
      require(
          snapshot.executors().size() == executors,
          "{} knows {} of {} executors",
          frontend.epoch,
          snapshot.executors().size(),
          executors);
      require(
          snapshot.counts().equals(new OwnerSnapshot.Counts(0, 0, 0, 0, 0, 0, 0, executors)),
          "{} is left with {}, of which only the timers may be {}",
          frontend.epoch,
          snapshot.counts(),
          executors);
      for (OwnerSnapshot.Executor executor : snapshot.executors()) {
        require(
            executor.reservations() == 0
                && executor.operations().isEmpty()
                && executor.idle().slots() == executor.slots(),
            "{} is left with {}",
            frontend.epoch,
            executor);
      }
    }
    for (ExecutorProcess executor : farm.executors()) {
      ExecutorSnapshot snapshot = executor.scheduler().snapshot();
      require(
          snapshot.held().isEmpty()
              && snapshot.stopping().isEmpty()
              && snapshot.free().equals(executor.capacity)
              && snapshot.frontends().size() == alive.size()
              && snapshot.frontends().stream()
                  .allMatch(
                      each ->
                          each.reservations() == 0
                              && each.pendingPulls() == 0
                              && each.tokens().equals(executor.capacity)),
          "{} is left with {}",
          executor.id,
          snapshot);
    }
  }
}
