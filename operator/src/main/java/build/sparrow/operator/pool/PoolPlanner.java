package build.sparrow.operator.pool;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.crds.PoolSpec;
import build.sparrow.operator.autoscale.ScalingDecision;
import build.sparrow.operator.autoscale.ScalingInput;
import build.sparrow.operator.autoscale.ScalingPolicy;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.link.PoolDemand;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What is to be done for a pool: a pure function of what it shall be, what is seen, and time. */
final class PoolPlanner {
  private PoolPlanner() {}

  /** Plans once. The next plan is given this one's memory. */
  static Plan plan(ExecutorPool pool, PoolObservation seen, PoolMemory memory, Instant now) {
    ExecutorPod pods = ExecutorPod.of(pool);
    String revision = pods == null ? "" : pods.currentRevision();
    List<Executor> executors = new Sighting(pool, revision, seen, memory, now).executors();
    Wish wish = wish(pool, seen, executors, memory, now);
    if (isPaused(pool)) {
      return new PoolReport(pool, seen, executors, wish, memory, now).paused();
    }
    return new Planning(pool, pods, seen, executors, wish, memory, now).plan();
  }

  static boolean isPaused(ExecutorPool pool) {
    return Optional.ofNullable(pool.getMetadata().getAnnotations())
        .map(annotations -> "true".equals(annotations.get(PoolNames.PAUSE)))
        .orElse(false);
  }

  /**
   * How many executors there are to be.
   *
   * @param write what the spec is to say, if it does not
   * @param decision how it came to that; empty if others decided
   */
  record Wish(int replicas, OptionalInt write, Optional<ScalingDecision> decision) {}

  private static Wish wish(
      ExecutorPool pool,
      PoolObservation seen,
      List<Executor> executors,
      PoolMemory memory,
      Instant now) {
    PoolSpec spec = pool.getSpec().pool();
    AutoscalingSpec autoscaling = spec.autoscaling();
    Integer written = pool.getSpec().replicas();
    return switch (autoscaling.mode()) {
      case DISABLED ->
          new Wish(
              Objects.requireNonNullElse(written, spec.replicas()),
              OptionalInt.empty(),
              Optional.empty());
      case EXTERNAL ->
          new Wish(
              Objects.requireNonNullElse(written, autoscaling.minReplicas()),
              // Without a number the API server shows no scale, and an HPA finds nothing to scale.
              written == null ? OptionalInt.of(autoscaling.minReplicas()) : OptionalInt.empty(),
              Optional.empty());
      case INTERNAL -> {
        int current = Objects.requireNonNullElse(written, autoscaling.minReplicas());
        // Without a frontend to ask, nobody knows what waits and who is busy.
        Optional<ScalingDecision> decision =
            seen.view()
                .map(
                    view ->
                        ScalingPolicy.decide(
                            autoscaling,
                            input(spec, view, executors, current, now),
                            memory.scaling()));
        int replicas =
            decision
                .map(ScalingDecision::replicas)
                .orElse(Math.clamp(current, autoscaling.minReplicas(), autoscaling.maxReplicas()));
        boolean changed = written == null || written != replicas;
        yield new Wish(
            replicas, changed ? OptionalInt.of(replicas) : OptionalInt.empty(), decision);
      }
    };
  }

  private static ScalingInput input(
      PoolSpec spec, FarmView view, List<Executor> executors, int current, Instant now) {
    Instant idleSince = now.minusSeconds(spec.autoscaling().idleTimeoutSeconds());
    int ready = count(executors, Executor::isReady);
    int busy = count(executors, executor -> executor.isReady() && executor.isBusy());
    int idleLongEnough =
        count(
            executors, executor -> executor.isReady() && isUntil(executor.idleSince(), idleSince));
    // One that finds no node runs nothing either; without this it would ask for one for ever.
    int stranded =
        count(
            executors,
            executor ->
                executor.stage() == Executor.Stage.PENDING
                    && executor.isStaying()
                    && !executor.standIn()
                    && isUntil(
                        Executor.unschedulableSince(executor.pod()).orElse(null), idleSince));
    int standIns = count(executors, executor -> executor.isStaying() && executor.standIn());
    return new ScalingInput(
        current,
        view.demand(spec.name()),
        slots(spec, view),
        ready,
        busy,
        idleLongEnough + Math.max(0, stranded - standIns),
        now);
  }

  private static boolean isUntil(@Nullable Instant time, Instant last) {
    return time != null && !time.isAfter(last);
  }

  /** What one executor runs at once: as it is set, or as executors say, or as its cpu allows. */
  private static int slots(PoolSpec spec, FarmView view) {
    if (spec.slots() != null) {
      return spec.slots();
    }
    OptionalInt told =
        view.executors().values().stream()
            .filter(executor -> executor.pool().equals(spec.name()))
            .mapToInt(ExecutorView::slots)
            .filter(slots -> slots > 0)
            .max();
    return told.orElseGet(
        () -> {
          Quantity cpu = spec.resources().requests().get("cpu");
          return cpu == null
              ? 1
              : Math.max(
                  1, cpu.getNumericalAmount().setScale(0, RoundingMode.DOWN).intValueExact());
        });
  }

  private interface Test {
    boolean holds(Executor executor);
  }

  private static int count(List<Executor> executors, Test test) {
    return Math.toIntExact(executors.stream().filter(test::holds).count());
  }

  /** What waits for the pool; nothing if nobody says. */
  static PoolDemand demand(ExecutorPool pool, PoolObservation seen) {
    return seen.view().map(view -> view.demand(PoolNames.pool(pool))).orElse(PoolDemand.NONE);
  }

  /** Whether the status says the same but for what changes all the time. */
  static boolean differsOnlyInLoad(ExecutorPoolStatus one, ExecutorPoolStatus other) {
    return !one.equals(other) && withoutLoad(one).equals(withoutLoad(other));
  }

  private static ExecutorPoolStatus withoutLoad(ExecutorPoolStatus status) {
    return new ExecutorPoolStatus(
        status.observedGeneration(),
        status.replicas(),
        status.readyReplicas(),
        0,
        status.drainingReplicas(),
        status.updatedReplicas(),
        0,
        status.selector(),
        status.podSequence(),
        status.desiredReplicas(),
        status.lastScaleTime(),
        status.isolationLevel(),
        status.conditions());
  }
}
