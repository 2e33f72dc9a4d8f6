package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator saw of a pool when it last looked. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true) // A newer operator may have written it.
@JsonPropertyOrder({
  "observedGeneration",
  "replicas",
  "readyReplicas",
  "busyReplicas",
  "drainingReplicas",
  "updatedReplicas",
  "queuedActions",
  "selector",
  "podSequence",
  "desiredReplicas",
  "lastScaleTime",
  "isolationLevel",
  "conditions"
})
public record ExecutorPoolStatus(
    @JsonPropertyDescription("The generation of the spec that this is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("How many executors there are.") Integer replicas,
    @JsonPropertyDescription("How many a frontend has welcomed.") Integer readyReplicas,
    @JsonPropertyDescription("How many run an action.") Integer busyReplicas,
    @JsonPropertyDescription("How many take no new action because they are to go.")
        Integer drainingReplicas,
    @JsonPropertyDescription("How many are as the spec wants them now.") Integer updatedReplicas,
    @JsonPropertyDescription("How many actions wait for this pool.") Integer queuedActions,
    @JsonPropertyDescription("The label selector of the pool's pods.") @Nullable String selector,
    @JsonPropertyDescription(
            "How many pods the pool has had, the one being made included: the next one's number.")
        Long podSequence,
    @JsonPropertyDescription("How many executors there should be.")
        @Nullable Integer desiredReplicas,
    @JsonPropertyDescription("When that number changed last, in RFC 3339.")
        @Nullable String lastScaleTime,
    @JsonPropertyDescription(
            "How well actions are kept apart, as the executors proved it: Full or None.")
        @Nullable String isolationLevel,
    @JsonPropertyDescription("What is true of the pool, and why.") List<Condition> conditions) {
  public static final ExecutorPoolStatus EMPTY =
      new ExecutorPoolStatus(null, 0, 0, 0, 0, 0, 0, null, 0L, null, null, null, List.of());

  public ExecutorPoolStatus {
    replicas = Absent.or(replicas, 0);
    readyReplicas = Absent.or(readyReplicas, 0);
    busyReplicas = Absent.or(busyReplicas, 0);
    drainingReplicas = Absent.or(drainingReplicas, 0);
    updatedReplicas = Absent.or(updatedReplicas, 0);
    queuedActions = Absent.or(queuedActions, 0);
    podSequence = Absent.or(podSequence, 0L);
    conditions = List.copyOf(Absent.or(conditions, List.of()));
  }
}
