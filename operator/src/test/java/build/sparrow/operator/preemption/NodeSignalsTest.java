package build.sparrow.operator.preemption;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.preemption.LeaveSignal.Cause;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NodeSignalsTest {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final Duration DRAIN = Duration.ofSeconds(585);

  private final NodeSignals signals = new NodeSignals(DRAIN);

  private record Row(String sign, Node node, Cause cause, long seconds) {}

  @TestFactory
  Collection<DynamicTest> eachSignOfANodeLeavesTheTimeThatTheDocumentSays() {
    List<Row> rows = new ArrayList<>();
    for (String key :
        List.of(
            "karpenter.sh/disrupted",
            "karpenter.sh/disruption",
            "aws-node-termination-handler/spot-itn",
            "aws-node-termination-handler/rebalance-recommendation")) {
      rows.add(new Row(key, tainted(key, "NoSchedule"), Cause.INTERRUPTION, 100));
    }
    for (String key :
        List.of(
            "cloud.google.com/impending-node-termination",
            "remediator.aks.microsoft.com/unschedulable")) {
      rows.add(new Row(key, tainted(key, "NoSchedule"), Cause.INTERRUPTION, 20));
    }
    rows.add(
        new Row(
            "cluster autoscaler",
            tainted("ToBeDeletedByClusterAutoscaler", "NoSchedule"),
            Cause.NODE_REMOVAL,
            585));
    rows.add(new Row("NoExecute", tainted("mine", "NoExecute"), Cause.NODE_REMOVAL, 585));
    rows.add(
        new Row(
            "cordon taint",
            tainted("node.kubernetes.io/unschedulable", "NoSchedule"),
            Cause.CORDON,
            585));
    rows.add(
        new Row(
            "unreachable",
            tainted("node.kubernetes.io/unreachable", "NoExecute"),
            Cause.NODE_LOST,
            0));
    rows.add(new Row("cordon", cordoned(), Cause.CORDON, 585));
    rows.add(new Row("deleted", deleted(), Cause.NODE_REMOVAL, 585));
    rows.add(new Row("silent", ready("Unknown", "Kubelet stopped"), Cause.NODE_LOST, 0));
    rows.add(new Row("not ready", ready("False", "PLEG is unhealthy"), Cause.NODE_REMOVAL, 585));
    rows.add(new Row("shutdown", ready("False", "node is shutting down"), Cause.NODE_SHUTDOWN, 20));

    return rows.stream().map(row -> DynamicTest.dynamicTest(row.sign(), () -> check(row))).toList();
  }

  private void check(Row row) {
    LeaveSignal signal = signals.earliest(row.node(), pod(), NOW).orElseThrow();

    assertThat(signal.cause()).isEqualTo(row.cause());
    assertThat(signal.grace()).isEqualTo(Duration.ofSeconds(row.seconds()));
    assertThat(signal.isLoss()).isEqualTo(row.cause() == Cause.NODE_LOST);
    assertThat(signal.detail()).isNotBlank();
  }

  @Test
  void aNodeThatStaysGivesNoSign() {
    assertThat(signals.earliest(ready("True", "kubelet is posting ready status"), pod(), NOW))
        .isEmpty();
    assertThat(signals.earliest(tainted("dedicated", "NoSchedule"), pod(), NOW)).isEmpty();
    assertThat(
            signals.earliest(
                tainted("DeletionCandidateOfClusterAutoscaler", "PreferNoSchedule"), pod(), NOW))
        .isEmpty();
    assertThat(signals.earliest(null, pod(), NOW)).isEmpty();
  }

  @Test
  void aNoExecuteTaintThatThePodToleratesForEverIsNoSign() {
    Node node = tainted("mine", "NoExecute");

    assertThat(signals.earliest(node, tolerating("mine", "NoExecute", null), NOW)).isEmpty();
    assertThat(signals.earliest(node, tolerating(null, null, null), NOW)).isEmpty();
    assertThat(signals.earliest(node, tolerating("mine", "NoExecute", 30L), NOW)).isPresent();
    assertThat(signals.earliest(node, tolerating("mine", "NoSchedule", null), NOW)).isPresent();
    assertThat(signals.earliest(node, tolerating("other", "NoExecute", null), NOW)).isPresent();
  }

  @Test
  void aDeletedPodLeavesUntilTheTimeThatIsWrittenOnIt() {
    assertThat(graceOf(deletedAt(NOW.plusSeconds(45)))).contains(Duration.ofSeconds(45));
    assertThat(graceOf(deletedAt(NOW.minusSeconds(45)))).contains(Duration.ZERO);
    assertThat(graceOf(deletedAt(NOW.plusSeconds(600)))).contains(DRAIN);
  }

  @Test
  void aDisruptionTargetLeavesInThePoolsTime() {
    LeaveSignal signal =
        signals.earliest(null, disrupted("True", "EvictionByEvictionAPI"), NOW).orElseThrow();

    assertThat(signal.cause()).isEqualTo(Cause.POD_DISRUPTION);
    assertThat(signal.grace()).isEqualTo(DRAIN);
    assertThat(signal.detail()).contains("EvictionByEvictionAPI");
    assertThat(signals.earliest(null, disrupted("False", "x"), NOW)).isEmpty();
  }

  @Test
  void theEarliestOfSeveralSignsCounts() {
    Node node =
        new NodeBuilder(tainted("karpenter.sh/disrupted", "NoSchedule"))
            .editSpec()
            .withUnschedulable(true)
            .endSpec()
            .build();

    assertThat(signals.earliest(node, pod(), NOW).orElseThrow().grace())
        .isEqualTo(Duration.ofSeconds(100));
    assertThat(signals.earliest(node, deletedAt(NOW.plusSeconds(15)), NOW).orElseThrow().grace())
        .isEqualTo(Duration.ofSeconds(15));
    assertThat(
            new NodeSignals(Duration.ofSeconds(10))
                .earliest(node, pod(), NOW)
                .orElseThrow()
                .grace())
        .isEqualTo(Duration.ofSeconds(10));
  }

  private Optional<Duration> graceOf(Pod pod) {
    return signals.earliest(null, pod, NOW).map(LeaveSignal::grace);
  }

  private static Node tainted(String key, String effect) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("n")
        .endMetadata()
        .withNewSpec()
        .addNewTaint()
        .withKey(key)
        .withEffect(effect)
        .endTaint()
        .endSpec()
        .build();
  }

  private static Node cordoned() {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("n")
        .endMetadata()
        .withNewSpec()
        .withUnschedulable(true)
        .endSpec()
        .build();
  }

  private static Node deleted() {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("n")
        .withDeletionTimestamp(NOW.toString())
        .endMetadata()
        .build();
  }

  private static Node ready(String status, String message) {
    return new NodeBuilder()
        .withNewMetadata()
        .withName("n")
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(status)
        .withMessage(message)
        .endCondition()
        .addNewCondition()
        .withType("MemoryPressure")
        .withStatus("Unknown")
        .endCondition()
        .endStatus()
        .build();
  }

  private static Pod pod() {
    return new PodBuilder().withNewMetadata().withName("p").endMetadata().build();
  }

  private static Pod tolerating(
      @Nullable String key, @Nullable String effect, @Nullable Long seconds) {
    Toleration toleration =
        new TolerationBuilder()
            .withKey(key)
            .withOperator("Exists")
            .withEffect(effect)
            .withTolerationSeconds(seconds)
            .build();
    return new PodBuilder(pod()).withNewSpec().withTolerations(toleration).endSpec().build();
  }

  private static Pod deletedAt(Instant when) {
    return new PodBuilder(pod())
        .editMetadata()
        .withDeletionTimestamp(when.toString())
        .endMetadata()
        .build();
  }

  private static Pod disrupted(String status, String reason) {
    return new PodBuilder(pod())
        .withNewStatus()
        .addNewCondition()
        .withType("DisruptionTarget")
        .withStatus(status)
        .withReason(reason)
        .endCondition()
        .endStatus()
        .build();
  }
}
