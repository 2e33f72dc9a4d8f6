package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.FarmProblem;
import build.sparrow.crds.FarmRules;
import build.sparrow.crds.StorageSpec;
import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.StrictYaml;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spec that a farm's objects follow: its own, or the last good one if its own is not.
 *
 * @param spec empty if there was never a good one
 * @param problems of the farm's own spec
 */
record FollowedSpec(Optional<BuildFarmSpec> spec, List<FarmProblem> problems) {
  private static final Logger log = LoggerFactory.getLogger(FollowedSpec.class);

  /**
   * Chooses.
   *
   * @param config that holds the spec that was followed last
   */
  static FollowedSpec of(BuildFarm farm, Optional<ConfigMap> config) {
    Optional<BuildFarmSpec> last = last(config);
    List<FarmProblem> problems = new ArrayList<>(FarmRules.problemsOf(farm));
    last.ifPresent(
        before ->
            problems.addAll(unsafe(before.storage().volume(), farm.getSpec().storage().volume())));
    return problems.isEmpty()
        ? new FollowedSpec(Optional.of(farm.getSpec()), List.of())
        : new FollowedSpec(last, List.copyOf(problems));
  }

  /** The spec that the farm's processes are told; its storage has the shards of the beginning. */
  static Optional<BuildFarmSpec> last(Optional<ConfigMap> config) {
    return config.flatMap(FollowedSpec::read);
  }

  boolean isFarmsOwn() {
    return problems.isEmpty();
  }

  /** All that is wrong, and what happens meanwhile. */
  String describe(FarmNames names) {
    String wrong =
        problems.stream()
            .map(
                problem ->
                    "%s%s: %s."
                        .formatted(
                            problem.path(),
                            problem.value() == null ? "" : " is \"" + problem.value() + "\"",
                            problem.reason()))
            .collect(Collectors.joining(" "));
    String meanwhile =
        spec.isPresent()
            ? " Correct the spec; until then the farm goes on with the one in ConfigMap %s."
                .formatted(names.config())
            : " Correct the spec; until then nothing is made.";
    return wrong + meanwhile;
  }

  /** Changes that would lose what is stored. The schema refuses them, where it can see them. */
  private static List<FarmProblem> unsafe(StorageSpec.Volume before, StorageSpec.Volume now) {
    List<FarmProblem> problems = new ArrayList<>();
    if (isSize(now) && FarmPlanner.isLess(now.size(), before.size())) {
      problems.add(
          new FarmProblem(
              "spec.storage.volume.size",
              now.size().toString(),
              "below %s, which it has been; a disk cannot shrink, give at least that or make another farm"
                  .formatted(before.size())));
    }
    if (!Objects.equals(now.storageClassName(), before.storageClassName())) {
      problems.add(
          new FarmProblem(
              "spec.storage.volume.storageClassName",
              now.storageClassName(),
              "not what it has been, %s; a disk cannot change it, give that back or make another farm"
                  .formatted(
                      before.storageClassName() == null
                          ? "the default"
                          : before.storageClassName())));
    }
    return problems;
  }

  private static boolean isSize(StorageSpec.Volume volume) {
    try {
      volume.size().getNumericalAmount();
      return true;
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false; // The rules have said so.
    }
  }

  private static Optional<BuildFarmSpec> read(ConfigMap config) {
    String text = config.getData() == null ? null : config.getData().get(RolePod.CONFIG_FILE);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(StrictYaml.read(text, BuildFarm.class).getSpec());
    } catch (InvalidConfigurationException e) {
      log.atWarn()
          .addKeyValue("config", config.getMetadata().getName())
          .addKeyValue("error", e.getMessage())
          .log("Nothing is known of the spec that was followed last");
      return Optional.empty();
    }
  }
}
