package build.sparrow.frontend.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.owner.OperationView;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ExplanationTest {
  private static final Platform LINUX = Platform.of(new Label("OSFamily", "linux"));

  private static OperationView queued(int position, int fittingExecutors, int losses) {
    return new OperationView(
        new OperationId("o"),
        Stage.QUEUED,
        LINUX,
        false,
        position,
        0,
        1,
        losses,
        losses,
        0,
        fittingExecutors,
        null,
        null,
        null);
  }

  private static OperationView preempted(int times, boolean onDemandOnly) {
    return new OperationView(
        new OperationId("o"),
        Stage.QUEUED,
        LINUX,
        onDemandOnly,
        1,
        0,
        1,
        times,
        0,
        times,
        0,
        null,
        null,
        null);
  }

  private static OperationView running(Phase phase) {
    return new OperationView(
        new OperationId("o"),
        Stage.EXECUTING,
        LINUX,
        false,
        0,
        0,
        1,
        1,
        0,
        0,
        1,
        new ExecutorId("linux-0", "1"),
        new AttemptId("e", 1),
        phase);
  }

  @Test
  void eachPlaceHasItsSentence() {
    assertThat(Explanation.of(queued(3, 2, 0), Duration.ofSeconds(90)))
        .isEqualTo(
            "It is number 3 in the queue for the platform OSFamily=linux, since 90 s;"
                + " all 2 executors that could run it are busy.");
    assertThat(Explanation.of(queued(1, 0, 2), Duration.ofMillis(7)))
        .isEqualTo(
            "No connected executor has the platform OSFamily=linux; it waits since 7 ms for one"
                + " to come. 2 earlier attempts at it were lost.");
    assertThat(Explanation.of(preempted(1, false), Duration.ofSeconds(1)))
        .isEqualTo(
            "No connected executor has the platform OSFamily=linux; it waits since 1 s for one"
                + " to come. It was preempted once.");
    assertThat(Explanation.of(preempted(4, true), Duration.ofSeconds(1)))
        .isEqualTo(
            "No connected executor has the platform OSFamily=linux on demand; it waits since 1 s"
                + " for one to come. It was preempted 4 times, so now it runs on demand only.");
    assertThat(Explanation.of(running(Phase.FETCHING), Duration.ZERO))
        .isEqualTo("On executor linux-0, where its inputs are fetched.");
    assertThat(Explanation.of(running(Phase.UPLOADING), Duration.ZERO))
        .isEqualTo("On executor linux-0, where its outputs are stored.");
  }
}
