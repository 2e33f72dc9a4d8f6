package build.sparrow.operator.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import build.sparrow.crds.BuildFarm;
import build.sparrow.operator.farm.FarmObservation.Presence;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

  @Test
  void shardsGetTheKeysOfTheirTiersBucket_andAreMadeAnewWhenItChanges() throws Exception {
    String minimal = Files.readString(EXAMPLES.resolve("minimal").resolve("buildfarm.yaml"));
    String tier = "  storage: {tier: {s3: {bucket: %s, credentials: {secretName: keys}}}}\n";

    PodTemplateSpec without = shard(minimal);
    PodTemplateSpec with = shard(minimal + tier.formatted("builds"));
    PodTemplateSpec other = shard(minimal + tier.formatted("others"));

    assertThat(with.getSpec().getContainers().getFirst().getEnv())
        .filteredOn(variable -> variable.getName().startsWith("AWS_"))
        .extracting(
            EnvVar::getName,
            variable -> variable.getValueFrom().getSecretKeyRef().getName(),
            variable -> variable.getValueFrom().getSecretKeyRef().getKey(),
            variable -> variable.getValueFrom().getSecretKeyRef().getOptional())
        .containsExactly(
            tuple("AWS_ACCESS_KEY_ID", "keys", "accessKeyId", true),
            tuple("AWS_SECRET_ACCESS_KEY", "keys", "secretAccessKey", true));
    assertThat(List.of(without, with, other))
        .extracting(FarmPlannerTest::configHash)
        .doesNotHaveDuplicates();
  }

  private PodTemplateSpec shard(String yaml) {
    BuildFarm farm = FarmWorld.parse(yaml);
    farm.getMetadata().setNamespace(FarmWorld.NAMESPACE);
    farm.getMetadata().setUid("uid");
    return plan(farm, false).stream()
        .filter(StatefulSet.class::isInstance)
        .map(StatefulSet.class::cast)
        .findFirst()
        .orElseThrow()
        .getSpec()
        .getTemplate();
  }

  private static @Nullable String configHash(PodTemplateSpec template) {
    return template.getMetadata().getAnnotations().get(RolePod.CONFIG_HASH);
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

  private List<HasMetadata> plan(BuildFarm farm, boolean podMonitors) {
    FarmObservation nothingThere =
        new FarmObservation(
            FarmNames.of(farm),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            podMonitors,
            Presence.UNKNOWN);
    return new FarmPlanner(FarmWorld.IMAGE, serialization)
        .plan(
            farm,
            farm.getSpec(),
            nothingThere,
            ShardCount.of(nothingThere, farm.getSpec(), Optional.empty()))
        .objects();
  }

  private String render(BuildFarm farm, boolean podMonitors) {
    return plan(farm, podMonitors).stream()
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
