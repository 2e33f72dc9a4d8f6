package build.sparrow.operator.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.BuildFarm;
import build.sparrow.operator.farm.FarmObservation.Presence;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The objects of the examples, whole, as a reviewer should see them change. Renders them anew, to
 * be compared and committed: {@code mvn -pl operator -am test -Dtest=FarmPlannerTest
 * -Dsparrow.plans.write=true}.
 */
final class FarmPlannerTest {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final Path PLANS = Path.of("src/test/resources/plans");

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  @Test
  void minimalFarm() throws Exception {
    assertRenders("minimal", false);
  }

  @Test
  void productionFarmOnSpot() throws Exception {
    assertRenders("production-spot", true);
  }

  private void assertRenders(String example, boolean podMonitors) throws Exception {
    BuildFarm farm =
        FarmWorld.parse(Files.readString(EXAMPLES.resolve(example).resolve("buildfarm.yaml")));
    farm.getMetadata().setNamespace(FarmWorld.NAMESPACE);
    farm.getMetadata().setUid("uid-of-" + farm.getMetadata().getName());

    String plan = render(farm, podMonitors);

    assertThat(render(farm, podMonitors)).as("the same again").isEqualTo(plan);
    Path reviewed = PLANS.resolve(example + ".yaml");
    if (Boolean.getBoolean("sparrow.plans.write")) {
      Files.createDirectories(PLANS);
      Files.writeString(reviewed, plan);
    }
    assertThat(plan).isEqualTo(Files.readString(reviewed));
  }

  private String render(BuildFarm farm, boolean podMonitors) {
    FarmObservation nothingThere =
        new FarmObservation(
            FarmNames.of(farm),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            podMonitors,
            Presence.UNKNOWN);
    List<HasMetadata> objects =
        new FarmPlanner(FarmWorld.IMAGE, serialization)
            .plan(farm, farm.getSpec(), nothingThere)
            .objects();
    return objects.stream()
        .map(object -> serialization.unmarshal(serialization.asYaml(object), Map.class))
        .map(FarmPlannerTest::sorted)
        .map(serialization::asYaml)
        .collect(Collectors.joining());
  }

  /** Maps of the JDK that cannot be changed have another order in each process. */
  private static Object sorted(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((key, each) -> sorted.put(String.valueOf(key), sorted(each)));
        yield sorted;
      }
      case List<?> list -> list.stream().map(FarmPlannerTest::sorted).toList();
      default -> value;
    };
  }
}
