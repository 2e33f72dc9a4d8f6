package build.sparrow.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ApplyingApiServer.Write;
import build.sparrow.operator.ManualClock;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.PoolDemand;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoolLoopTest {
  private final ManualClock clock = new ManualClock();
  private final InMemoryFrontends frontends = new InMemoryFrontends();
  private final List<String> events = new ArrayList<>();
  private ApplyingApiServer server;
  private PoolLoop loop;

  @BeforeEach
  void start() throws IOException {
    server = ApplyingApiServer.start();
    frontends.show(Map.of(), PoolDemand.NONE);
    loop = newLoop();
  }

  @AfterEach
  void stop() {
    loop.close();
    server.close();
  }

  private PoolLoop newLoop() {
    return new PoolLoop(
        server.client(), frontends, (about, severity, reason, text) -> events.add(reason), clock);
  }

  @Test
  void aPoolGetsItsPods_andIsThenLeftAlone() {
    server.put(TestPools.pool(3, ""));

    round();
    welcomeAll(0);
    round();
    server.forgetWrites();
    round();

    assertThat(pods()).hasSize(3);
    assertThat(pool().getStatus().readyReplicas()).isEqualTo(3);
    assertThat(server.writes()).isEmpty();
  }

  @Test
  void theNumbersOfPodsAreWrittenBeforeThePodsAreMade() {
    server.put(TestPools.pool(3, ""));

    round();

    assertThat(server.writes().getFirst().resource())
        .isEqualTo("executorpools.sparrow.build/status");
    assertThat(pool().getStatus().podSequence()).isEqualTo(3);
  }

  @Test
  void aCrashAfterAnyWriteMakesNoPodTwice() {
    for (int k = 1; k <= 4; k++) {
      server.put(TestPools.pool(3, ""));
      server.crashAfterWrite(k);
      var _ = catchThrowable(this::round);
      server.recover();
      loop.close();
      loop = newLoop();

      round();
      round();

      assertThat(pods()).as("crash after write %d", k).hasSize(3);
      pods().forEach(pod -> client().resource(pod).delete());
    }
  }

  @Test
  void aPoolThatShrinksLetsAnIdleExecutorFinishAndDeletesItsPod() {
    server.put(TestPools.pool(2, ""));
    round();
    welcomeAll(0);
    round();
    rescale(1);
    server.forgetWrites();

    round();

    assertThat(pods()).as("not before the frontends have let it go").hasSize(2);
    String victim =
        pods().stream()
            .filter(pod -> Sighting.draining(pod) != null)
            .map(pod -> pod.getMetadata().getName())
            .findFirst()
            .orElseThrow();
    frontends.awaitDrain(victim);
    frontends.acknowledge(victim);
    clock.move(Duration.ofSeconds(2));
    round();
    assertThat(pods()).extracting(pod -> pod.getMetadata().getName()).doesNotContain(victim);
    assertThat(server.writes()).contains(new Write("delete", "pods", "builds", victim));
  }

  @Test
  void aFullQuotaIsSaidAndTriedAgain() {
    server.put(TestPools.pool(2, ""));
    server.refuse(
        write -> write.verb().equals("create"),
        403,
        "Forbidden",
        "pods \"x\" is forbidden: exceeded quota: small, requested: pods=1, limited: pods=0");

    round();
    round();

    assertThat(condition("ScalingLimited").getStatus()).isEqualTo("True");
    assertThat(condition("ScalingLimited").getReason()).isEqualTo("QuotaExceeded");
    assertThat(condition("Ready").getReason()).isEqualTo("QuotaExceeded");
    assertThat(condition("Ready").getMessage()).contains("small").contains("Raise the quota");
    assertThat(events).contains("QuotaExceeded");

    server.allowAll();
    clock.move(Duration.ofSeconds(31));
    round();
    assertThat(pods()).hasSize(2);
    round();
    assertThat(condition("ScalingLimited").getStatus()).isEqualTo("False");
  }

  @Test
  void podSecurityThatRefusesPodsIsSaidWithTheNextStep() {
    server.put(TestPools.pool(1, ""));
    server.refuse(
        write -> write.verb().equals("create"),
        403,
        "Forbidden",
        "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"");

    round();
    round();

    assertThat(condition("Degraded").getReason()).isEqualTo("PodSecurityRefused");
    assertThat(condition("Degraded").getMessage()).contains("pod-security.kubernetes.io/enforce");
    assertThat(condition("Ready").getStatus()).isEqualTo("False");
  }

  @Test
  void demandMakesPodsAndTheNumberIsWrittenUnderAnOwnName() {
    server.put(TestPools.pool("slots: 1\nautoscaling: {mode: Internal, maxReplicas: 5}"));
    frontends.show(Map.of(), new PoolDemand(1, Duration.ofMillis(300)));

    round();

    assertThat(pool().getSpec().replicas()).isEqualTo(1);
    assertThat(pods()).hasSize(1);
    assertThat(pool().getMetadata().getManagedFields())
        .anyMatch(
            field ->
                field.getManager().equals("sparrow-autoscaler")
                    && field.getFieldsV1().toString().contains("replicas"));
  }

  @Test
  void anotherScalesAPoolOfModeExternal() {
    server.put(TestPools.pool(2, "autoscaling: {mode: External, maxReplicas: 5}"));
    frontends.show(Map.of(), new PoolDemand(50, Duration.ofMinutes(1)));

    round();
    round();

    assertThat(pods()).hasSize(2);
    assertThat(server.writes()).noneMatch(w -> w.resource().equals("executorpools.sparrow.build"));
  }

  @Test
  void aPoolOfModeExternalGetsAFirstNumber_soThatThereIsAScaleToRead() {
    server.put(TestPools.pool("autoscaling: {mode: External, minReplicas: 1}"));

    round();
    round();

    assertThat(pool().getSpec().replicas()).isEqualTo(1);
    assertThat(pods()).hasSize(1);
  }

  @Test
  void aPausedPoolIsNotTouched() {
    ExecutorPool pool = TestPools.pool(2, "");
    pool.getMetadata().setAnnotations(Map.of(PoolNames.PAUSE, "true"));
    server.put(pool);

    round();

    assertThat(pods()).isEmpty();
    assertThat(condition("Paused").getStatus()).isEqualTo("True");
  }

  @Test
  void aStormOfPodsIsSpreadOverSeconds() {
    server.put(TestPools.pool(80, ""));

    round();

    assertThat(pods()).hasSize(50);

    clock.move(Duration.ofSeconds(1));
    round();
    assertThat(pods()).hasSize(80);
  }

  private void round() {
    ExecutorPool pool = pool();
    loop.run(
        pool,
        pods(),
        Map.of(),
        status -> {
          pool.setStatus(status);
          client().resource(pool).updateStatus();
        });
  }

  private void welcomeAll(int running) {
    Map<String, ExecutorView> executors = new HashMap<>();
    for (Pod pod : pods()) {
      String name = pod.getMetadata().getName();
      executors.put(
          name, new ExecutorView(name, "linux", "1", ExecutorView.State.READY, 2, running, "Full"));
    }
    frontends.show(executors, PoolDemand.NONE);
  }

  private void rescale(int replicas) {
    ExecutorPool rescaled = TestPools.pool(replicas, "");
    ExecutorPool there = pool();
    rescaled.setMetadata(there.getMetadata());
    rescaled.setStatus(there.getStatus());
    server.put(rescaled);
  }

  private Condition condition(String type) {
    return pool().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private ExecutorPool pool() {
    ExecutorPool pool =
        client().resources(ExecutorPool.class).inNamespace("builds").withName("main-linux").get();
    return Optional.ofNullable(pool).orElseThrow(() -> new KubernetesClientException("away"));
  }

  private List<Pod> pods() {
    return client().pods().inNamespace("builds").list().getItems();
  }

  private KubernetesClient client() {
    return server.client();
  }
}
