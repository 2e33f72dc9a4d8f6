package build.sparrow.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ManualClock;
import build.sparrow.operator.status.EventRecorder.Severity;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class KubernetesEventsTest {
  private final ManualClock clock = new ManualClock();
  private final ConfigMap about =
      new ConfigMapBuilder()
          .withNewMetadata()
          .withName("main")
          .withNamespace("builds")
          .withUid("u1")
          .endMetadata()
          .build();

  @SuppressWarnings("NullAway.Init")
  private ApplyingApiServer server;

  @BeforeEach
  void start() throws Exception {
    server = ApplyingApiServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void whatRepeatsIsOneEventThatCounts_writtenOnceAMinute_alsoByANewOperator() {
    KubernetesEvents events = new KubernetesEvents(server.client(), clock);
    for (int second = 0; second < 121; second++) {
      events.record(about, Severity.WARNING, "ClaimPending", "The disk is missing.");
      clock.move(Duration.ofSeconds(1));
    }
    assertThat(server.writes()).hasSize(3);

    new KubernetesEvents(server.client(), clock)
        .record(about, Severity.WARNING, "ClaimPending", "The disk is missing.");

    Event event = only();
    assertThat(event.getCount()).isEqualTo(4);
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getFirstTimestamp()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(event.getLastTimestamp()).isEqualTo("2026-01-01T12:02:01Z");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo("u1");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("ConfigMap");
  }

  @Test
  void otherReasonsMessagesAndResourcesAreOtherEvents() {
    KubernetesEvents events = new KubernetesEvents(server.client(), clock);
    ConfigMap again =
        new ConfigMapBuilder(about).editMetadata().withUid("u2").endMetadata().build();

    events.record(about, Severity.NORMAL, "Ready", "It serves.");
    events.record(about, Severity.NORMAL, "Ready", "It serves again.");
    events.record(about, Severity.NORMAL, "Settled", "It serves.");
    events.record(again, Severity.NORMAL, "Ready", "It serves.");

    assertThat(all()).hasSize(4).allSatisfy(event -> assertThat(event.getCount()).isOne());
  }

  @Test
  void serverThatRefusesIsNoFailureOfTheLoop() {
    server.refuse(write -> true, 403, "Forbidden", "no");

    new KubernetesEvents(server.client(), clock).record(about, Severity.NORMAL, "Ready", "x");

    assertThat(all()).isEmpty();
  }

  @Test
  void longMessageIsWhatTheServerTakes() {
    new KubernetesEvents(server.client(), clock)
        .record(about, Severity.NORMAL, "Ready", "x".repeat(5000));

    assertThat(only().getMessage()).hasSize(1024);
  }

  private Event only() {
    assertThat(all()).hasSize(1);
    return all().getFirst();
  }

  private List<Event> all() {
    return server.client().v1().events().inNamespace("builds").list().getItems();
  }
}
