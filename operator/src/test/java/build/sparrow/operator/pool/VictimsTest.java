package build.sparrow.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.pool.Executor.Stage;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who goes first, as a table: each row goes before all below it. */
final class VictimsTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  private static final List<Executor> ALL_KNOWN =
      List.of(
          pending("outdated-pending", true),
          pending("pending", false),
          unknown("outdated-unknown", true),
          unknown("unknown", false),
          idle("outdated-idle", "full", true, false, NOON),
          idle("idle-stand-in", "full", false, true, NOON),
          idle("idle-on-an-emptier-node", "alone", false, false, NOON),
          idle("idle-for-longer", "full", false, false, NOON.minusSeconds(60)),
          idle("idle", "full", false, false, NOON),
          busy("outdated-busy", true, 1),
          busy("busy", false, 1),
          busy("busier", false, 2));

  @Test
  void whoDoesLeastGoesFirst() {
    assertThat(order(ALL_KNOWN, true)).isEqualTo(names(ALL_KNOWN));
  }

  @Test
  void whileAFrontendIsSilentNobodyIsBelievedIdle_butWhoNeverWorkedGoesFirst() {
    List<Executor> executors =
        List.of(
            pending("pending", false),
            unknown("unknown", false),
            idle("outdated-idle", "full", true, false, NOON),
            idle("idle", "full", false, false, NOON),
            busy("busy", false, 1));

    assertThat(order(executors, false)).isEqualTo(names(executors));
  }

  @Test
  void theOrderDoesNotDependOnThatOfThePods() {
    Random random = new Random(1);
    List<Executor> shuffled = new ArrayList<>(ALL_KNOWN);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(shuffled, random);

      assertThat(order(shuffled, true)).isEqualTo(names(ALL_KNOWN));
    }
  }

  private static List<String> order(List<Executor> executors, boolean complete) {
    return names(new Victims(executors, complete).inOrder(executors));
  }

  private static List<String> names(List<Executor> executors) {
    return executors.stream().map(Executor::name).toList();
  }

  private static Executor pending(String name, boolean outdated) {
    return executor(name, "", Stage.PENDING, outdated, false, -1, null);
  }

  private static Executor unknown(String name, boolean outdated) {
    return executor(name, "full", Stage.UNKNOWN, outdated, false, -1, null);
  }

  private static Executor idle(
      String name, String node, boolean outdated, boolean standIn, Instant since) {
    return executor(name, node, Stage.WELCOMED, outdated, standIn, 0, since);
  }

  private static Executor busy(String name, boolean outdated, int running) {
    return executor(name, "full", Stage.WELCOMED, outdated, false, running, null);
  }

  /** Not known to a frontend if it runs fewer than none. */
  private static Executor executor(
      String name,
      String node,
      Stage stage,
      boolean outdated,
      boolean standIn,
      int running,
      @Nullable Instant idleSince) {
    return new Executor(
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withUid("uid-of-" + name)
            .endMetadata()
            .withNewSpec()
            .withNodeName(node.isEmpty() ? null : node)
            .endSpec()
            .build(),
        stage,
        outdated,
        standIn,
        running < 0
            ? null
            : new ExecutorView(name, "linux", "1", ExecutorView.State.READY, 2, running, "Full"),
        null,
        null,
        idleSince);
  }
}
