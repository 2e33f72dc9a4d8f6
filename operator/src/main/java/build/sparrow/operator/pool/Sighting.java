package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.pool.Executor.Stage;
import build.sparrow.operator.pool.PoolMemory.Drain;
import build.sparrow.operator.preemption.LeaveSignal;
import build.sparrow.operator.preemption.LeaveSignal.Cause;
import build.sparrow.operator.preemption.NodeSignals;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes of pods, nodes and views what each executor is. */
final class Sighting {
  private final PoolObservation seen;
  private final PoolMemory memory;
  private final Instant now;
  private final String revision;
  private final Duration drainTimeout;
  private final NodeSignals signals;

  Sighting(
      ExecutorPool pool, String revision, PoolObservation seen, PoolMemory memory, Instant now) {
    this.seen = seen;
    this.memory = memory;
    this.now = now;
    this.revision = revision;
    this.drainTimeout =
        Duration.ofSeconds(pool.getSpec().pool().disruption().drainTimeoutSeconds());
    this.signals = new NodeSignals(drainTimeout);
  }

  List<Executor> executors() {
    return seen.pods().stream().map(this::executor).toList();
  }

  private Executor executor(Pod pod) {
    String uid = pod.getMetadata().getUid();
    ExecutorView view =
        seen.view()
            .map(FarmView::executors)
            .map(executors -> executors.get(pod.getMetadata().getName()))
            .orElse(null);
    String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    LeaveSignal signal =
        unlessHeardOf(
            signals.earliest(node == null ? null : seen.nodes().get(node), pod, now).orElse(null),
            view);
    boolean idle =
        view != null
            && seen.isComplete()
            && view.running() == 0
            && view.state() == ExecutorView.State.READY;
    return new Executor(
        pod,
        stage(pod, view, signal),
        !revision.equals(Executor.annotation(pod, PoolNames.REVISION)),
        Executor.annotation(pod, PoolNames.STAND_IN) != null,
        view,
        signal,
        drain(pod, uid),
        idle ? memory.idleSince().getOrDefault(uid, now) : null);
  }

  /**
   * Where a kubelet is silent and its executor is not, only the kubelet is gone: the executor may
   * finish.
   */
  private @Nullable LeaveSignal unlessHeardOf(
      @Nullable LeaveSignal signal, @Nullable ExecutorView view) {
    boolean heardOf = view != null && view.state() == ExecutorView.State.READY;
    return signal != null && signal.isLoss() && heardOf
        ? new LeaveSignal(Cause.NODE_REMOVAL, drainTimeout, signal.detail())
        : signal;
  }

  private Stage stage(Pod pod, @Nullable ExecutorView view, @Nullable LeaveSignal signal) {
    if (pod.getMetadata().getDeletionTimestamp() != null
        || memory.deleted().containsKey(pod.getMetadata().getUid())) {
      return Stage.LEAVING;
    }
    if (Executor.hasEnded(pod)) {
      return Stage.TERMINAL;
    }
    if (signal != null && signal.isLoss()) {
      return Stage.LOST;
    }
    if (view != null) {
      return Stage.WELCOMED;
    }
    // With no frontend to ask, one that runs may be at work.
    boolean pending =
        seen.view().isPresent()
            ? Executor.wasNeverReady(pod)
            : Executor.phase(pod).equals("Pending");
    return pending ? Stage.PENDING : Stage.UNKNOWN;
  }

  private @Nullable Drain drain(Pod pod, String uid) {
    Drain known = memory.drains().get(uid);
    Instant marked = draining(pod);
    if (known != null || marked == null) {
      return known;
    }
    // Told by an operator that is gone; this one tells it again.
    return new Drain(marked, marked.plus(drainTimeout), Instant.EPOCH);
  }

  static @Nullable Instant draining(Pod pod) {
    String text = Executor.annotation(pod, PoolNames.DRAINING_SINCE);
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.parse(
          Objects.requireNonNullElse(
              pod.getMetadata().getCreationTimestamp(), Instant.EPOCH.toString()));
    }
  }
}
