package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.LabelDifference;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of several pools an action gets the one that others can do without, and of none it is told. */
final class PropertyPlacementTest {
  private static final PropertyRules RULES =
      new PropertyRules(
          Map.of("cpu", PropertyMatch.MINIMUM, "container-image", PropertyMatch.ANY), Map.of());
  private static final Platform SMALL = Platform.of(new Label("cpu", "4"));
  private static final Platform LARGE = Platform.of(new Label("cpu", "16"));
  private static final Platform GPU = Platform.of(new Label("cpu", "16"), new Label("gpu", "a100"));

  private final DrivenOwner owner =
      new DrivenOwner(
          new OwnerConfig(
              DrivenOwner.EPOCH,
              List.of(
                  PoolDeclaration.of("gpu", GPU),
                  PoolDeclaration.of("large", LARGE),
                  PoolDeclaration.of("small", SMALL)),
              RULES,
              Map.of(),
              OwnerConfig.DEFAULT_MAX_QUEUED_ACTIONS,
              LossBudgets.DEFAULT,
              OwnerTimes.DEFAULT));

  private ExecutorId idle(String name, String pool, Platform platform) {
    ExecutorId executor = executor(name);
    owner.hello(executor, pool, platform, 1);
    owner.on(
        new OwnerEvent.Token(executor, new Resources(1, RULES.read(platform).amounts()), false));
    return executor;
  }

  private ExecutorId chosenFor(Platform wanted) {
    return only(OwnerEffect.SendOffer.class, owner.submit("a", wanted, 0)).getFirst().executor();
  }

  @Test
  void anActionRunsWhereLeastIsWasted() {
    idle("g", "gpu", GPU);
    idle("l", "large", LARGE);
    ExecutorId small = idle("s", "small", SMALL);

    assertThat(chosenFor(Platform.of(new Label("cpu", "2")))).isEqualTo(small);
  }

  @Test
  void anActionThatAsksForMuchPassesThePoolThatHasLess() {
    idle("g", "gpu", GPU);
    ExecutorId large = idle("l", "large", LARGE);
    idle("s", "small", SMALL);

    assertThat(chosenFor(Platform.of(new Label("cpu", "8")))).isEqualTo(large);
  }

  @Test
  void anActionThatNoPoolHasEnoughForIsToldOfTheOneThatHasMost() {
    List<OwnerEffect> effects = owner.submit("a", Platform.of(new Label("cpu", "64")), 0);

    assertThat(only(OwnerEffect.Unsatisfiable.class, effects))
        .extracting(OwnerEffect.Unsatisfiable::differences)
        .containsExactly(List.of(new LabelDifference("cpu", "64", true, List.of("16"))));
  }

  @Test
  void anActionThatNamesAnImageThatNoPoolTakesIsTold() {
    List<OwnerEffect> effects =
        owner.submit("a", Platform.of(new Label("container-image", "docker://x")), 0);

    assertThat(only(OwnerEffect.Unsatisfiable.class, effects))
        .extracting(OwnerEffect.Unsatisfiable::differences)
        .containsExactly(List.of(new LabelDifference("container-image", "", false, List.of())));
  }
}
