package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.ExecutorPoolSpec.Disruption;
import build.sparrow.crds.ExecutorPoolSpec.InputCache;
import build.sparrow.crds.ExecutorPoolSpec.PlatformProperty;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pins every default; a change here changes farms that do not name the value. */
final class FarmDefaultsTest {
  @Test
  void emptyFarmIsACacheWithOneFrontend() {
    assertThat(new BuildFarm().getSpec())
        .isEqualTo(
            new BuildFarmSpec(
                new FrontendSpec(
                    1,
                    new FrontendSpec.Limits(Quantity.parse("4Mi"), 900, 3600, 100_000, 1_000_000)),
                new SchedulerSpec(new SchedulerSpec.Attempts(4, 2, 2)),
                new StorageSpec(
                    new StorageSpec.Volume(Quantity.parse("20Gi")),
                    new StorageSpec.Eviction(10_800)),
                List.of()));
  }

  @Test
  void poolThatHasOnlyANameIsOneSandboxedLinuxExecutor() {
    assertThat(Pools.named("linux"))
        .isEqualTo(
            new ExecutorPoolSpec(
                "linux",
                1,
                List.of(new PlatformProperty("OSFamily", "linux")),
                null,
                new SandboxSpec(SandboxSpec.Type.BUBBLEWRAP, null),
                new InputCache(Quantity.parse("10Gi")),
                new Disruption(30)));
    assertThat(Pools.named("linux").sandbox().rootDirectoryOrDefault()).isEqualTo("/");
  }
}
