package build.sparrow.scheduling.owner;

import static build.sparrow.scheduling.owner.DrivenOwner.executor;
import static build.sparrow.scheduling.owner.DrivenOwner.offers;
import static build.sparrow.scheduling.owner.DrivenOwner.only;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Actions for one target meet at one executor, which holds their inputs, as long as it is idle. */
final class AffinityTest {
  private final DrivenOwner owner = new DrivenOwner();
  private int actions;

  private static void join(DrivenOwner to, List<String> names) {
    for (String name : names) {
      to.join(name, 1);
      to.token(executor(name), 1);
    }
  }

  private List<OwnerEffect> submit(DrivenOwner to, String target) {
    String name = "action" + actions++;
    return to.on(
        new OwnerEvent.Submit(
            to.newWatcher(),
            new OperationId(name),
            new ActionId(name),
            DrivenOwner.LINUX,
            0,
            true,
            new Origin("tenant", "build", "CppCompile", target),
            false));
  }

  private static ExecutorId chosen(List<OwnerEffect> effects) {
    return only(OwnerEffect.SendOffer.class, effects).getFirst().executor();
  }

  /** Runs an action to its end. */
  private ExecutorId run(DrivenOwner on, String target) {
    List<OwnerEffect> effects = submit(on, target);
    ExecutorId executor = chosen(effects);
    AttemptId attempt = offers(effects).getFirst().attempt();
    on.accept(executor, attempt);
    on.done(executor, attempt);
    on.token(executor, 1);
    return executor;
  }

  @Test
  void actionsForOneTargetRunAtOneExecutor() {
    join(owner, List.of("a", "b", "c", "d", "e"));
    ExecutorId first = run(owner, "//a:b");

    for (int again = 0; again < 10; again++) {
      assertThat(run(owner, "//a:b")).isEqualTo(first);
    }
  }

  @Test
  void everyOwnerChoosesTheSame_whoeverJoinedFirst() {
    DrivenOwner other = new DrivenOwner();
    join(owner, List.of("a", "b", "c", "d", "e"));
    join(other, List.of("e", "d", "c", "b", "a"));

    for (int target = 0; target < 10; target++) {
      assertThat(run(owner, "//a:" + target)).isEqualTo(run(other, "//a:" + target));
    }
  }

  @Test
  void targetsSpreadOverTheExecutors() {
    join(owner, List.of("a", "b", "c", "d", "e"));

    Set<ExecutorId> used = new HashSet<>();
    for (int target = 0; target < 100; target++) {
      used.add(run(owner, "//a:" + target));
    }

    assertThat(used).hasSizeGreaterThan(3);
  }

  @Test
  void anActionDoesNotWaitForABusyExecutor() {
    join(owner, List.of("a", "b"));
    ExecutorId first = chosen(submit(owner, "//a:b"));

    assertThat(chosen(submit(owner, "//a:b"))).isNotEqualTo(first);
  }
}
