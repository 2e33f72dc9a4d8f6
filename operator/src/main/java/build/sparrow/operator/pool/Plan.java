package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.operator.status.EventRecorder.Severity;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is to be done for a pool, in this order.
 *
 * @param losses executors whose attempts are not to be charged once they are gone
 * @param status to be written before pods are made, since it counts them; the same object as the
 *     pool has if there is nothing to write
 * @param replicas to be written to the pool's spec
 * @param creations pods to make
 * @param drains executors to be told to finish
 * @param deletions pods to delete
 * @param notes what people are told
 * @param memory for the next plan
 * @param recheck when to plan again if nothing happens before
 */
record Plan(
    List<String> losses,
    ExecutorPoolStatus status,
    OptionalInt replicas,
    List<Pod> creations,
    List<Drain> drains,
    List<Deletion> deletions,
    List<Note> notes,
    PoolMemory memory,
    Duration recheck) {
  Plan {
    losses = List.copyOf(losses);
    creations = List.copyOf(creations);
    drains = List.copyOf(drains);
    deletions = List.copyOf(deletions);
    notes = List.copyOf(notes);
  }

  /**
   * An executor to be told to finish.
   *
   * @param since to be written on its pod
   * @param marked the pod says so already
   */
  record Drain(String pod, String uid, Duration grace, Instant since, boolean marked) {}

  /** A pod to delete, if it is still the one that is meant. */
  record Deletion(String pod, String uid) {}

  /** Something that people are told. */
  record Note(Severity severity, String reason, String message) {}
}
