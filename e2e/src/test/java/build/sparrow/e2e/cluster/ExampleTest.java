package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.FarmRules;
import build.sparrow.crds.FrontendSpec;
import build.sparrow.crds.PoolSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExampleTest {
  @Test
  void aPatchChangesWhatItNames_andTheFarmKeepsTheRules() {
    Example example =
        Example.minimal()
            .named("other")
            .exposed()
            .withPools("{image: null, sandbox: {type: None}, autoscaling: {mode: External}}");

    BuildFarm farm = Serialization.unmarshal(example.yaml(), BuildFarm.class);
    PoolSpec pool = farm.getSpec().executorPools().getFirst();

    assertThat(FarmRules.problemsOf(farm)).isEmpty();
    assertThat(farm.getMetadata().getName()).isEqualTo("other");
    assertThat(farm.getSpec().frontend().expose().type())
        .isEqualTo(FrontendSpec.ServiceType.NODE_PORT);
    assertThat(pool.autoscaling().mode()).isEqualTo(AutoscalingSpec.Mode.EXTERNAL);
    assertThat(pool.image()).isNull();
    assertThat(pool.slots()).isEqualTo(4);
  }

  @Test
  void eachExampleKeepsTheRules() {
    for (Example example : List.of(Example.minimal(), Example.productionSpot())) {
      BuildFarm farm = Serialization.unmarshal(example.yaml(), BuildFarm.class);

      assertThat(FarmRules.problemsOf(farm)).as(example.name()).isEmpty();
    }
  }

  @Test
  void patchesLeaveTheExampleItselfAsItIs() {
    Example example = Example.minimal();
    String before = example.yaml();

    String patched = example.with("{spec: {executorPools: []}}").yaml();

    assertThat(patched).contains("executorPools: []");
    assertThat(example.yaml()).isEqualTo(before);
  }
}
