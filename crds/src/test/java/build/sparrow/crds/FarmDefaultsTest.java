package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.AutoscalingSpec.PolicyType;
import build.sparrow.crds.AutoscalingSpec.ScalingPolicy;
import build.sparrow.crds.PoolSpec.Disruption;
import build.sparrow.crds.PoolSpec.InputCache;
import build.sparrow.crds.PoolSpec.PlatformProperty;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pins every default; a change here changes farms that do not name the value. */
final class FarmDefaultsTest {
  @Test
  void emptyFarmIsACacheWithOneFrontend() {
    assertThat(new BuildFarm().getSpec())
        .isEqualTo(
            new BuildFarmSpec(
                new ImageSpec(null, null, null, ImageSpec.PullPolicy.IF_NOT_PRESENT, List.of()),
                false,
                new FrontendSpec(
                    1,
                    new Resources(Map.of(), Map.of()),
                    new FrontendSpec.Expose(FrontendSpec.ServiceType.CLUSTER_IP, Map.of()),
                    new FrontendSpec.Limits(Quantity.parse("4Mi"), 900, 3600, 100_000, 1_000_000)),
                new SchedulerSpec(new SchedulerSpec.Attempts(4, 2, 2), 3, List.of(), List.of()),
                new StorageSpec(
                    1,
                    null,
                    new StorageSpec.Volume(Quantity.parse("20Gi"), null),
                    new StorageSpec.Retention(StorageSpec.WhenDeleted.RETAIN),
                    new StorageSpec.Eviction(10_800),
                    new Resources(Map.of(), Map.of()),
                    null),
                List.of(),
                new MonitoringSpec(
                    new MonitoringSpec.PodMonitor(MonitoringSpec.Mode.AUTO, 15, Map.of()))));
  }

  @Test
  void poolThatHasOnlyANameIsOneSandboxedLinuxExecutor() {
    assertThat(Pools.named("linux"))
        .isEqualTo(
            new PoolSpec(
                "linux",
                List.of(new PlatformProperty("OSFamily", "linux")),
                1,
                null,
                new Resources(Map.of(), Map.of()),
                new SandboxSpec(SandboxSpec.Type.BUBBLEWRAP, null, null),
                null,
                new InputCache(Quantity.parse("10Gi")),
                new PoolSpec.WorkDir(null),
                new SchedulingSpec(
                    SchedulingSpec.CapacityType.ANY, Map.of(), List.of(), null, null),
                new AutoscalingSpec(
                    AutoscalingSpec.Mode.DISABLED, 0, 10, null, 10, 600, behavior(), List.of()),
                new Disruption(30, new IntOrString("10%"))));
    assertThat(Pools.named("linux").sandbox().rootDirectoryOrDefault()).isEqualTo("/");
  }

  @Test
  void fallbackWaitsThreeMinutes() {
    assertThat(Pools.emptyFallback()).isEqualTo(new SchedulingSpec.OnDemandFallback(180, 10));
  }

  private static AutoscalingSpec.Behavior behavior() {
    ScalingPolicy doubled = new ScalingPolicy(PolicyType.PERCENT, 100, 15);
    return new AutoscalingSpec.Behavior(
        new AutoscalingSpec.ScaleUp(
            0, List.of(doubled, new ScalingPolicy(PolicyType.PODS, 10, 15))),
        new AutoscalingSpec.ScaleDown(300, List.of(doubled)));
  }
}
