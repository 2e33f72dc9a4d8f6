package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator saw of a farm when it last looked. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true) // A newer operator may have written it.
@JsonPropertyOrder({
  "observedGeneration",
  "version",
  "endpoint",
  "bazelrc",
  "frontend",
  "storage",
  "executorPools",
  "executors",
  "conditions"
})
public record BuildFarmStatus(
    @JsonPropertyDescription("The generation of the spec that this is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The version of the operator that wrote this.")
        @Nullable String version,
    @JsonPropertyDescription(
            "Where clients reach the farm, as grpc://main-frontend.builds.svc:8980.")
        @Nullable String endpoint,
    @JsonPropertyDescription("The lines for a project's .bazelrc that build on this farm.")
        @Nullable String bazelrc,
    @JsonPropertyDescription("The frontends.") @Nullable Frontends frontend,
    @JsonPropertyDescription("The storage.") @Nullable Storage storage,
    @JsonPropertyDescription("The pools, by name.") List<Pool> executorPools,
    @JsonPropertyDescription("All executors together.") @Nullable Executors executors,
    @JsonPropertyDescription("What is true of the farm, and why.") List<Condition> conditions) {
  public static final BuildFarmStatus EMPTY =
      new BuildFarmStatus(null, null, null, null, null, null, List.of(), null, List.of());

  public BuildFarmStatus {
    executorPools = List.copyOf(Absent.or(executorPools, List.of()));
    conditions = List.copyOf(Absent.or(conditions, List.of()));
  }

  /** The frontends. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonPropertyOrder({"replicas", "readyReplicas", "updatedReplicas"})
  public record Frontends(
      @JsonPropertyDescription("How many there are.") Integer replicas,
      @JsonPropertyDescription("How many serve.") Integer readyReplicas,
      @JsonPropertyDescription("How many are as the spec wants them now.")
          Integer updatedReplicas) {
    public Frontends {
      replicas = Absent.or(replicas, 0);
      readyReplicas = Absent.or(readyReplicas, 0);
      updatedReplicas = Absent.or(updatedReplicas, 0);
    }
  }

  /** The storage. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonPropertyOrder({"shards", "readyShards"})
  public record Storage(
      @JsonPropertyDescription("How many shards there are.") Integer shards,
      @JsonPropertyDescription("How many serve.") Integer readyShards) {
    public Storage {
      shards = Absent.or(shards, 0);
      readyShards = Absent.or(readyShards, 0);
    }
  }

  /** One pool. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonPropertyOrder({
    "name",
    "replicas",
    "readyReplicas",
    "busyReplicas",
    "drainingReplicas",
    "slots",
    "busySlots",
    "queuedActions"
  })
  public record Pool(
      @JsonPropertyDescription("The pool's name.") String name,
      @JsonPropertyDescription("How many executors there are.") Integer replicas,
      @JsonPropertyDescription("How many a frontend has welcomed.") Integer readyReplicas,
      @JsonPropertyDescription("How many run an action.") Integer busyReplicas,
      @JsonPropertyDescription("How many take no new action because they are to go.")
          Integer drainingReplicas,
      @JsonPropertyDescription("How many actions they can run at a time.") Integer slots,
      @JsonPropertyDescription("How many actions they run.") Integer busySlots,
      @JsonPropertyDescription("How many actions wait for them.") Integer queuedActions) {
    public Pool {
      name = Absent.or(name, "");
      replicas = Absent.or(replicas, 0);
      readyReplicas = Absent.or(readyReplicas, 0);
      busyReplicas = Absent.or(busyReplicas, 0);
      drainingReplicas = Absent.or(drainingReplicas, 0);
      slots = Absent.or(slots, 0);
      busySlots = Absent.or(busySlots, 0);
      queuedActions = Absent.or(queuedActions, 0);
    }
  }

  /** All executors together. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonPropertyOrder({"replicas", "ready", "queuedActions"})
  public record Executors(
      @JsonPropertyDescription("How many there are.") Integer replicas,
      @JsonPropertyDescription("How many a frontend has welcomed.") Integer ready,
      @JsonPropertyDescription("How many actions wait.") Integer queuedActions) {
    public Executors {
      replicas = Absent.or(replicas, 0);
      ready = Absent.or(ready, 0);
      queuedActions = Absent.or(queuedActions, 0);
    }
  }
}
