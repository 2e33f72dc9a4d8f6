package build.sparrow.scheduling.sim;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.executor.ExecutorSnapshot;
import build.sparrow.scheduling.owner.OperationFailure;
import build.sparrow.scheduling.owner.OwnerEffect;
import build.sparrow.scheduling.owner.OwnerEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** What must hold after each event, judged by what really ran, not by what schedulers believe. */
final class Invariants {
  private final Simulation farm;
  private final Beliefs beliefs;
  private final Map<AttemptId, Run> runs = new HashMap<>();
  private final Map<ExecutorId, Map<AttemptId, Run>> running = new HashMap<>();
  private final Map<OperationKey, Life> lives = new HashMap<>();
  private final Set<AttemptId> rejected = new HashSet<>();
  private final Map<AttemptId, String> killed = new HashMap<>();
  private final Map<AttemptId, OperationKey> unpublished = new HashMap<>();
  private final Map<ExecutorId, Long> idleSinceNanos = new HashMap<>();
  private final KeptRooms rooms = new KeptRooms();
  private final Set<ActionId> written = new HashSet<>();
  private int completed;
  private int failed;
  private int adopted;

  Invariants(Simulation farm) {
    this.farm = farm;
    beliefs = new Beliefs(farm);
  }

  /** An operation as one process of a frontend knows it. */
  private record OperationKey(String epoch, OperationId operation) {}

  private static final class Run {
    final Offer offer;
    final ExecutorId executor;
    @Nullable Ending ending;

    Run(Offer offer, ExecutorId executor) {
      this.offer = offer;
      this.executor = executor;
    }
  }

  private static final class Life {
    Stage stage = Stage.QUEUED;
    boolean preempted;
    @Nullable AttemptId decidedBy;
  }

  /** The facts go where the text says {}. */
  static void require(boolean holds, String what, @Nullable Object... facts) {
    if (!holds) {
      String message = what;
      for (Object fact : facts) {
        message = message.replaceFirst("\\{}", Matcher.quoteReplacement(String.valueOf(fact)));
      }
      throw new AssertionError(message);
    }
  }

  // What executors do.

  void started(ExecutorProcess executor, AttemptId attempt, Offer offer) {
    Map<AttemptId, Run> here = running.computeIfAbsent(executor.id, _ -> new LinkedHashMap<>());
    Run run = new Run(offer, executor.id);
    require(runs.putIfAbsent(attempt, run) == null, "Attempt {} runs twice", attempt);
    require(
        farm.scenario.meets(executor.pool, offer.action().platform()),
        "{} asks for {} but runs at {}, which has {}",
        attempt,
        offer.action().platform(),
        executor.id,
        executor.pool.platform());
    require(
        executor.pool.onDemand()
            || !wasPreempted(farm.frontend(offer.frontend()), offer.operation())
            || !farm.scenario.onDemand(offer.action().platform()),
        "{} was preempted before and runs on spot again, at {}",
        offer.operation(),
        executor.id);
    require(
        farm.weather != Weather.LOSING_FRONTENDS
            || !offer.action().mergeable()
            || running.values().stream()
                .flatMap(runsThere -> runsThere.values().stream())
                .noneMatch(other -> other.offer.action().equals(offer.action())),
        "{} runs a second time at once, at {}",
        offer.action().id(),
        executor.id);
    require(
        offer.size().equals(farm.scenario.taken(executor.pool, offer.action().platform())),
        "{} is said to take {}",
        attempt,
        offer.size());
    Resources taken = offer.size();
    for (Run other : here.values()) {
      taken = taken.plus(other.offer.size());
    }
    require(
        executor.capacity.covers(taken),
        "{} has {} and runs {} beside {}, which take {}",
        executor.id,
        executor.capacity,
        attempt,
        here.keySet(),
        taken);
    require(
        here.isEmpty()
            || (!offer.alone() && here.values().stream().noneMatch(each -> each.offer.alone())),
        "{} runs beside {}, but one of them must be alone",
        attempt,
        here.keySet());
    here.put(attempt, run);
    idleSinceNanos.remove(executor.id);
  }

  void accepted(ExecutorProcess executor, AttemptId attempt) {
    require(
        !rejected.contains(attempt), "{} accepts {}, which it has rejected", executor.id, attempt);
  }

  void rejected(AttemptId attempt) {
    rejected.add(attempt);
  }

  void ended(ExecutorProcess executor, AttemptId attempt, Ending ending) {
    Run run = running.getOrDefault(executor.id, new LinkedHashMap<>()).remove(attempt);
    require(run != null, "{} ended at {} without running there", attempt, executor.id);
    if (run != null) {
      run.ending = ending;
    }
  }

  void died(ExecutorProcess executor) {
    running.remove(executor.id);
    idleSinceNanos.remove(executor.id);
  }

  void drained(ExecutorProcess executor) {
    require(executor.running() == 0, "{} says it is drained and runs something", executor.id);
  }

  /** An executor may drop a result only when its owner has it, or does not want it. */
  void forgotten(ExecutorProcess executor, AttemptId attempt) {
    require(
        !running.getOrDefault(executor.id, new LinkedHashMap<>()).containsKey(attempt),
        "{} forgets {} while it runs",
        executor.id,
        attempt);
  }

  void check(ExecutorProcess executor) {
    ExecutorSnapshot snapshot = executor.scheduler().snapshot();
    long holding =
        snapshot.held().stream().filter(each -> each.phase() != Phase.REPORTED).count()
            + snapshot.stopping().size();
    require(
        holding >= executor.running(),
        "{} runs {} attempts and knows of {}",
        executor.id,
        executor.running(),
        holding);
    require(
        snapshot.free().slots() <= executor.slots - holding,
        "{} has {} slots, holds {} and says that {} is free",
        executor.id,
        executor.slots,
        holding,
        snapshot.free());
    rooms.check(executor, snapshot);
    if (executor.alive() && snapshot.free().slots() > 0 && !rooms.hasMoreThanBefore(executor)) {
      idleSinceNanos.putIfAbsent(executor.id, farm.timeline.now());
    } else {
      idleSinceNanos.remove(executor.id);
    }
  }

  // What frontends do.

  private Life life(FrontendProcess frontend, OperationId operation) {
    return lives.computeIfAbsent(new OperationKey(frontend.epoch, operation), _ -> new Life());
  }

  /**
   * A frontend that has begun anew since knows nothing of it, and may not come to by the question.
   */
  private boolean wasPreempted(FrontendProcess frontend, OperationId operation) {
    Life life = lives.get(new OperationKey(frontend.epoch, operation));
    return life != null && life.preempted;
  }

  void stageChanged(
      FrontendProcess frontend, OperationId operation, Stage stage, @Nullable ExecutorId executor) {
    Life life = life(frontend, operation);
    require(
        life.stage != Stage.COMPLETED && stage != Stage.COMPLETED && life.stage != stage,
        "{} goes from {} to {}",
        operation,
        life.stage,
        stage);
    require((executor != null) == (stage == Stage.EXECUTING), "{} at {}", stage, executor);
    int charged = frontend.scheduler().find(operation).map(view -> view.losses()).orElse(0);
    require(
        farm.weather != Weather.PREEMPTING || charged == 0,
        "{} was only ever preempted, but is charged {} losses",
        operation,
        charged);
    life.stage = stage;
    life.preempted |= farm.weather == Weather.PREEMPTING && stage == Stage.QUEUED;
  }

  void concluded(
      FrontendProcess frontend,
      OperationId operation,
      ExecutorId executor,
      AttemptId attempt,
      Action action) {
    Life life = life(frontend, operation);
    Run run = runs.get(attempt);
    require(
        life.decidedBy == null && life.stage != Stage.COMPLETED,
        "{} is decided by {} and by {}",
        operation,
        life.decidedBy,
        attempt);
    require(
        run != null
            && run.ending == Ending.DECIDED
            && run.executor.equals(executor)
            && run.offer.action().id().equals(action.id()),
        "{}, which wants {}, is decided by {} of {}, which is no result of it",
        operation,
        action.id(),
        attempt,
        executor);
    // A kill that never arrived binds only the owner that sent it: the attempt ran to its end.
    require(
        !frontend.epoch.equals(killed.get(attempt)),
        "{} is decided by {}, which was killed",
        operation,
        attempt);
    life.decidedBy = attempt;
    unpublished.put(attempt, new OperationKey(frontend.epoch, operation));
  }

  /** A client has put a result of the action into the cache. */
  void written(Action action) {
    written.add(action.id());
  }

  void completedFromCache(FrontendProcess frontend, OperationId operation, Action action) {
    Life life = life(frontend, operation);
    require(
        action.mergeable() && written.contains(action.id()),
        "{} is completed with a result of {}, which nobody may have cached",
        operation,
        action.id());
    require(
        life.decidedBy == null && life.stage != Stage.COMPLETED,
        "{} is completed from the cache, but {} has decided it",
        operation,
        life.decidedBy);
    completed++;
  }

  void failed(
      FrontendProcess frontend, OperationId operation, Action action, OperationFailure failure) {
    failed++;
    boolean allowed =
        switch (failure) {
          case OperationFailure.Cancelled _ -> farm.scenario.fickle() > 0;
          case OperationFailure.OutOfMemorySpent _ -> action.nature() == Action.Nature.HUNGRY;
          case OperationFailure.InfrastructureSpent _, OperationFailure.Poisonous _ ->
              farm.scenario.crashes()
                      + farm.scenario.breaks()
                      + farm.scenario.partitions()
                      + farm.scenario.drains()
                      + farm.scenario.badActions()
                  > 0;
        };
    require(allowed, "{} fails with {} for no reason", operation, failure);
    require(
        life(frontend, operation).decidedBy == null, "{} fails with a result at hand", operation);
  }

  /** All watchers are told the end. */
  void published(FrontendProcess frontend, OperationId operation) {
    Life life = life(frontend, operation);
    require(life.stage != Stage.COMPLETED, "{} ends twice", operation);
    life.stage = Stage.COMPLETED;
    if (life.decidedBy != null) {
      completed++;
      unpublished.remove(life.decidedBy);
    }
  }

  /** A late watcher is told the end that is kept. */
  void served(FrontendProcess frontend, OperationId operation, Call call) {
    require(
        life(frontend, operation).stage == Stage.COMPLETED,
        "{} is told the end of {}, which has none",
        call,
        operation);
  }

  void unsatisfiable(Call call, @Nullable String pool, List<LabelDifference> differences) {
    require(
        call.action.platform().equals(Scenario.IMPOSSIBLE) && pool != null,
        "{} is called unsatisfiable",
        call);
    require(
        differences.stream().anyMatch(each -> each.wanted().equals("vax")),
        "{} does not say what differs: {}",
        call,
        differences);
  }

  void forgotten(FrontendProcess frontend, OperationId operation) {
    Life life = lives.remove(new OperationKey(frontend.epoch, operation));
    require(
        life == null || life.decidedBy == null || life.stage == Stage.COMPLETED,
        "{} is forgotten before its result was published",
        operation);
  }

  /**
   * An attempt of a former owner begins an operation. If it was killed for another one, which has
   * ended, that kill was lost and binds nobody here.
   */
  void adopted(FrontendProcess frontend, OperationId operation, AttemptId attempt) {
    adopted++;
    killed.remove(attempt);
    require(
        lives.put(new OperationKey(frontend.epoch, operation), new Life()) == null,
        "{} is adopted by {}, which knows it",
        operation,
        frontend.epoch);
  }

  void killed(FrontendProcess frontend, AttemptId attempt) {
    killed.put(attempt, frontend.epoch);
    OperationId operation = farm.offer(attempt).operation();
    require(
        !attempt.equals(frontend.liveAttempt(operation)),
        "{} kills {}, which it still wants",
        frontend.epoch,
        attempt);
  }

  /** Whether the message is a true result of an operation that has none, so that it must count. */
  boolean decides(FrontendProcess frontend, OwnerEvent.Finished done) {
    Run run = runs.get(done.attempt());
    if (run == null
        || run.ending != Ending.DECIDED
        || !run.executor.equals(done.executor())
        || !done.attempt().epoch().equals(frontend.epoch)
        || killed.containsKey(done.attempt())) {
      return false;
    }
    OperationId operation = run.offer.operation();
    Life life = life(frontend, operation);
    return life.stage != Stage.COMPLETED
        && life.decidedBy == null
        && frontend.scheduler().find(operation).isPresent();
  }

  /** A true result counts, also a late one; a false one does not; each is answered in the end. */
  void answered(OwnerEvent event, boolean decides, List<OwnerEffect> effects) {
    boolean concluded = effects.stream().anyMatch(OwnerEffect.Conclude.class::isInstance);
    require(!decides || concluded, "{} is true, and in vain", event);
  }

  void acknowledged(FrontendProcess frontend, ExecutorId executor, AttemptId attempt) {
    Run run = runs.get(attempt);
    // One that was to run alone can be killed before it ran; and who does not hold it may be told
    // anything.
    require(
        run == null || !run.executor.equals(executor) || run.ending != null,
        "{} acknowledges {}, which has not ended",
        frontend.epoch,
        attempt);
    OperationKey waiting = unpublished.get(attempt);
    require(
        waiting == null
            || !waiting.epoch.equals(frontend.epoch)
            || (run != null && !run.executor.equals(executor)),
        "{} acknowledges {}, whose result is not published",
        frontend.epoch,
        attempt);
  }

  void died(FrontendProcess frontend) {
    lives.keySet().removeIf(key -> key.epoch.equals(frontend.epoch));
    unpublished.values().removeIf(key -> key.epoch.equals(frontend.epoch));
  }

  void check(FrontendProcess frontend) {
    beliefs.check(frontend);
  }

  /** All calls have ended, and all times have passed: nothing is left of them. */
  void checkQuiescence() {
    beliefs.checkQuiescence();
    require(
        farm.scenario.faultsUntilNanos() > 0 || runs.size() == completed,
        "Nothing broke, but {} attempts ran for {} results",
        runs.size(),
        completed);
  }

  /** Since when the executor has had a free slot and started nothing; null if it has none. */
  @Nullable Long idleSinceNanos(ExecutorId executor) {
    return idleSinceNanos.get(executor);
  }

  Simulation.Outcome outcome(EventLog log, int calls, long faults) {
    return new Simulation.Outcome(
        log.hash(), log.entries(), calls, completed, failed, runs.size(), adopted, faults);
  }
}
