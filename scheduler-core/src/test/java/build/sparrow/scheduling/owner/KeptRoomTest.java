package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.JUST_COME;
import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offered;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static build.sparrow.scheduling.owner.DrivenOwner.operation;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An action that takes more than is free gets it in the end, and delays as little as can be. */
final class KeptRoomTest {
  private static final Platform EIGHT = cpus(8);
  private static final ExecutorId ONE = executor("one");
  private static final ExecutorId TWO = executor("two");

  private final DrivenOwner owner =
      new DrivenOwner(
          new OwnerConfig(
              DrivenOwner.EPOCH,
              List.of(PoolDeclaration.of("linux", EIGHT)),
              new PropertyRules(Map.of("cpu", PropertyMatch.MINIMUM), Map.of("cpu", 1_000L)),
              Map.of(),
              OwnerConfig.DEFAULT_MAX_QUEUED_ACTIONS,
              LossBudgets.DEFAULT,
              OwnerTimes.DEFAULT));

  private static Platform cpus(int count) {
    return Platform.of(new Label("cpu", Integer.toString(count)));
  }

  private static Resources room(int slots, int cpus) {
    return new Resources(slots, Map.of("cpu", 1_000L * cpus));
  }

  private List<OwnerEffect> pull(ExecutorId executor, int slots, int cpus) {
    return owner.on(new OwnerEvent.Pulled(executor, room(slots, cpus)));
  }

  private void join(ExecutorId executor) {
    owner.hello(executor, "linux", EIGHT, 8);
  }

  @Test
  void anActionTakesWhatItAsksFor_andOneThatAsksForNothingTheDefault() {
    join(ONE);
    owner.submit("large", cpus(6), 0);
    owner.submit("small", Platform.ANY, 0);

    assertThat(offers(pull(ONE, 8, 8)))
        .extracting(OfferedAttempt::size)
        .containsExactly(room(1, 6), room(1, 1));
  }

  @Test
  void anExecutorGetsNoMoreThanFitsInTogether() {
    join(ONE);
    owner.submit("a", cpus(4), 0);
    owner.submit("b", cpus(4), 0);
    owner.submit("c", cpus(4), 0);

    assertThat(offered(pull(ONE, 8, 8))).containsExactly(operation("a"), operation("b"));
  }

  @Test
  void whereTheFirstDoesNotFitRoomIsKeptForIt() {
    join(ONE);
    owner.submit("large", cpus(6), 0);

    assertThat(pull(ONE, 4, 4))
        .contains(
            new OwnerEffect.SendPullReply(ONE, List.of(), JUST_COME),
            new OwnerEffect.SendRoomWanted(ONE, room(1, 6)));
  }

  @Test
  void whatTheFirstDoesNotNeedIsForOthers() {
    join(ONE);
    owner.submit("large", cpus(6), 0);
    owner.submit("small", cpus(1), 0);
    owner.submit("nothing", cpus(0), 0);

    assertThat(offered(pull(ONE, 4, 4))).containsExactly(operation("nothing"));
  }

  @Test
  void whoeverHasTheRoomSoonerGetsTheAction_andNoRoomIsKeptAnyMore() {
    join(ONE);
    join(TWO);
    owner.submit("large", cpus(6), 0);
    pull(ONE, 4, 4);

    List<OwnerEffect> effects = pull(TWO, 8, 8);

    assertThat(offered(effects)).containsExactly(operation("large"));
    assertThat(only(OwnerEffect.SendRoomWanted.class, effects))
        .containsExactly(new OwnerEffect.SendRoomWanted(ONE, Resources.NONE));
  }

  @Test
  void keptRoomIsForTheOneThatWaitedForIt_whateverIsMoreUrgentByThen() {
    join(ONE);
    owner.submit("large", cpus(6), 0);
    pull(ONE, 4, 4);
    owner.submit("urgent", cpus(4), -1);

    assertThat(offered(pull(ONE, 7, 7))).containsExactly(operation("large"));
  }

  @Test
  void oneExecutorKeepsRoomForOneAction() {
    join(ONE);
    join(TWO);
    owner.submit("large", cpus(6), 0);
    pull(ONE, 4, 4);

    List<OwnerEffect> effects = pull(TWO, 4, 4);

    assertThat(effects).containsExactly(new OwnerEffect.SendPullReply(TWO, List.of(), JUST_COME));
  }

  @Test
  void whenTheKeeperIsLostAnotherKeepsRoom() {
    join(ONE);
    join(TWO);
    owner.submit("large", cpus(6), 0);
    pull(ONE, 4, 4);
    owner.on(new OwnerEvent.ExecutorDisconnected(ONE));

    assertThat(pull(TWO, 4, 4)).contains(new OwnerEffect.SendRoomWanted(TWO, room(1, 6)));
  }

  @Test
  void anActionThatIsCancelledKeepsNoRoom() {
    join(ONE);
    owner.submit("large", cpus(6), 0);
    pull(ONE, 4, 4);

    assertThat(owner.on(new OwnerEvent.Cancel(operation("large"))))
        .contains(new OwnerEffect.SendRoomWanted(ONE, Resources.NONE));
  }
}
