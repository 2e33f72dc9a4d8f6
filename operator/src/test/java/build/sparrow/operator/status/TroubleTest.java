package build.sparrow.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TroubleTest {
  private static final Instant SINCE = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void anImageThatAnInitContainerCannotPullIsSeen() {
    Pod pod =
        new PodBuilder(pod("main-linux-1"))
            .editStatus()
            .addNewInitContainerStatus()
            .withName("copy-toolchain")
            .withNewState()
            .withNewWaiting()
            .withReason("ImagePullBackOff")
            .withMessage("Back-off pulling image \"example.com/tools:v2\"")
            .endWaiting()
            .endState()
            .endInitContainerStatus()
            .endStatus()
            .build();

    assertThat(Trouble.of(List.of(pod)))
        .hasValue(
            new Trouble(
                Reason.IMAGE_PULL_FAILED,
                "Pod main-linux-1 cannot pull an image: Back-off pulling image"
                    + " \"example.com/tools:v2\". Correct the image in the spec, or give"
                    + " spec.image.pullSecrets a secret that may pull it."));
  }

  @Test
  void whatANodeCannotDoIsSeen() {
    assertThat(Trouble.of(List.of(waiting("a", "CreateContainerError", "no image volumes."))))
        .hasValue(
            new Trouble(
                Reason.CONTAINER_NOT_CREATED,
                "The node cannot create container executor of pod a: no image volumes. See what"
                    + " nodes must be able to do in docs/operate/install.md."));
  }

  @Test
  void whatAContainerWaitsForComesBeforeAPodWithoutANode() {
    assertThat(
            Trouble.of(List.of(unschedulable("a"), waiting("b", "CrashLoopBackOff", "back-off"))))
        .map(Trouble::reason)
        .hasValue(Reason.CRASH_LOOPING);
  }

  @Test
  void aNodeMayTakeAWhileToCome() {
    List<Pod> pods = List.of(unschedulable("a"));

    assertThat(Trouble.of(pods, SINCE.minusSeconds(1))).isEmpty();
    assertThat(Trouble.of(pods, SINCE))
        .map(Trouble::message)
        .hasValue(
            "No node takes pod a: 0/3 nodes are available. Add such a node, or change the"
                + " resources, nodeSelector or tolerations of the spec.");
  }

  @Test
  void aPodThatLeavesHasNoTrouble() {
    Pod leaving =
        new PodBuilder(waiting("a", "ErrImagePull", "no such image"))
            .editMetadata()
            .withDeletionTimestamp(SINCE.plus(Duration.ofMinutes(1)).toString())
            .endMetadata()
            .build();

    Optional<Trouble> trouble = Trouble.of(List.of(leaving));

    assertThat(trouble).isEmpty();
  }

  private static Pod pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withNewStatus()
        .endStatus()
        .build();
  }

  private static Pod waiting(String name, String reason, String message) {
    return new PodBuilder(pod(name))
        .editStatus()
        .addNewContainerStatus()
        .withName("executor")
        .withNewState()
        .withNewWaiting()
        .withReason(reason)
        .withMessage(message)
        .endWaiting()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }

  private static Pod unschedulable(String name) {
    return new PodBuilder(pod(name))
        .editStatus()
        .addNewCondition()
        .withType("PodScheduled")
        .withStatus("False")
        .withReason("Unschedulable")
        .withMessage("0/3 nodes are available.")
        .withLastTransitionTime(SINCE.toString())
        .endCondition()
        .endStatus()
        .build();
  }
}
