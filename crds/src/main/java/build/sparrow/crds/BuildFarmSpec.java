package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What a farm consists of: the way of an action, from the frontend to the pools that run it. */
@JsonPropertyOrder({
  "image",
  "paused",
  "frontend",
  "scheduler",
  "storage",
  "executorPools",
  "monitoring"
})
public record BuildFarmSpec(
    @JsonPropertyDescription("The image of the farm's own processes.") @Default("{}")
        ImageSpec image,
    @JsonPropertyDescription(
            "Whether the operator leaves the farm's objects as they are, for work by hand.")
        @Default("false")
        Boolean paused,
    @JsonPropertyDescription("The processes that clients talk to.") @Default("{}")
        FrontendSpec frontend,
    @JsonPropertyDescription("How actions are placed and tried again.") @Default("{}")
        SchedulerSpec scheduler,
    @JsonPropertyDescription("Where blobs and results of actions are kept.") @Default("{}")
        StorageSpec storage,
    @JsonPropertyDescription(
            "The kinds of executors, one pool for each platform. A farm without any is a cache.")
        @Default("[]")
        @Size(max = 32)
        List<PoolSpec> executorPools,
    @JsonPropertyDescription("Who collects the farm's metrics.") @Default("{}")
        MonitoringSpec monitoring) {
  static final BuildFarmSpec DEFAULTS =
      new BuildFarmSpec(
          ImageSpec.DEFAULTS,
          false,
          FrontendSpec.DEFAULTS,
          SchedulerSpec.DEFAULTS,
          StorageSpec.DEFAULTS,
          List.of(),
          MonitoringSpec.DEFAULTS);

  public BuildFarmSpec {
    image = Absent.or(image, ImageSpec.DEFAULTS);
    paused = Absent.or(paused, false);
    frontend = Absent.or(frontend, FrontendSpec.DEFAULTS);
    scheduler = Absent.or(scheduler, SchedulerSpec.DEFAULTS);
    storage = Absent.or(storage, StorageSpec.DEFAULTS);
    executorPools = List.copyOf(Absent.or(executorPools, List.of()));
    monitoring = Absent.or(monitoring, MonitoringSpec.DEFAULTS);
  }

  /** The same with so many shards. */
  public BuildFarmSpec withShards(int shards) {
    return new BuildFarmSpec(
        image, paused, frontend, scheduler, storage.withShards(shards), executorPools, monitoring);
  }
}
