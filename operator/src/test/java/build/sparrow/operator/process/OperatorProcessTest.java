package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ApplyingApiServer.Write;
import build.sparrow.operator.ManualClock;
import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.StrictYaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both reconcilers as one process, at an API server in memory. */
final class OperatorProcessTest {
  private static final OperatorConfig CONFIG =
      new OperatorConfig(Set.of("builds"), true, false, "registry/sparrow:1", "", "", 0);

  private final ManualClock clock = new ManualClock();

  @SuppressWarnings("NullAway.Init")
  private ApplyingApiServer server;

  @BeforeEach
  void start() throws Exception {
    server = ApplyingApiServer.start();
    server.serveSchemas(ServedSchemas.current());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private OperatorProcess startOperator() throws Exception {
    return OperatorProcess.start(
        CONFIG,
        server.newClient(),
        clock,
        () -> {
          throw new AssertionError("There is no election");
        });
  }

  private void applyFarm() throws InvalidConfigurationException {
    BuildFarm farm =
        StrictYaml.read(
            """
            apiVersion: sparrow.build/v1alpha1
            kind: BuildFarm
            metadata: {name: main, namespace: builds}
            spec: {executorPools: [{name: linux, replicas: 2}]}
            """,
            BuildFarm.class);
    server.put(farm);
  }

  private long pods() {
    return server.state().keySet().stream()
        .filter(place -> place.startsWith("pods builds/main-linux-"))
        .count();
  }

  private static String ask(OperatorProcess operator, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + operator.metricsPort() + path);
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  @Test
  void farmBecomesObjectsAndPods_andAnotherOperatorFindsNothingToDo() throws Exception {
    applyFarm();
    try (OperatorProcess operator = startOperator()) {
      server.await(
          "the frontend's Deployment",
          () -> server.state().containsKey("deployments.apps builds/main-frontend"));
      server.await("two executors", () -> pods() == 2);
      awaitReady(operator);
    }
    Set<String> before = server.state().keySet();
    server.forgetWrites();
    double farmRounds = rounds("buildfarm");
    double poolRounds = rounds("executorpool");

    try (OperatorProcess another = startOperator()) {
      awaitRounds(another, "buildfarm", farmRounds + 1);
      awaitRounds(another, "executorpool", poolRounds + 1);
      assertThat(ask(another, "/metrics")).contains("sparrow_operator_leading 1.0");
    }

    assertThat(server.state().keySet()).isEqualTo(before);
    // The first may have been stopped before it had said how the farm stands.
    assertThat(server.writes()).filteredOn(write -> !isReport(write)).isEmpty();
  }

  private static boolean isReport(Write write) {
    return write.resource().endsWith("/status") || write.resource().startsWith("events");
  }

  @Test
  void brokenWatchesAreNamed() throws Exception {
    try (OperatorProcess operator = startOperator()) {
      awaitReady(operator);

      server.close();

      await(
          operator,
          "/readyz",
          answer ->
              answer.startsWith("watches at the API server are broken: ")
                  && answer.contains("executorpool/pods"));
      assertThat(ask(operator, "/livez")).as("a new start would not help").isEqualTo("ok\n");
    }
  }

  @Test
  void processIsUnsoundOnlyWhileTheLoopMissesAResource() throws Exception {
    applyFarm();
    try (OperatorProcess operator = startOperator()) {
      server.await("two executors", () -> pods() == 2);
      assertThat(ask(operator, "/livez")).isEqualTo("ok\n");
      Duration most = Watchdog.LIMIT.minusMinutes(1);

      clock.move(most);
      lookAtAllAgain(operator);
      clock.move(most);

      assertThat(ask(operator, "/livez")).as("everything was looked at").isEqualTo("ok\n");

      // A round that the loop does by itself may come between the clock and the question.
      String answer = "ok\n";
      for (int i = 0; i < 100 && answer.equals("ok\n"); i++) {
        clock.move(Watchdog.LIMIT.plusMinutes(1));
        answer = ask(operator, "/livez");
      }
      assertThat(answer).containsPattern("has not been looked at for [0-9]+ min");
    }
  }

  private void lookAtAllAgain(OperatorProcess operator) throws Exception {
    double farmRounds = rounds("buildfarm");
    double poolRounds = rounds("executorpool");
    touch(BuildFarm.class, "main");
    touch(ExecutorPool.class, "main-linux");
    awaitRounds(operator, "buildfarm", farmRounds + 1);
    awaitRounds(operator, "executorpool", poolRounds + 1);
  }

  private void touch(Class<? extends HasMetadata> type, String name) {
    server
        .client()
        .resources(type)
        .inNamespace("builds")
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"touched\":\"%s\"}}}".formatted(clock.instant()));
  }

  /** A watch is open only a moment after what it watches has been listed. */
  private static void awaitReady(OperatorProcess operator) throws Exception {
    await(operator, "/readyz", "ok\n"::equals);
  }

  private static void await(OperatorProcess operator, String path, Predicate<String> expected)
      throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    String answer = ask(operator, path);
    while (!expected.test(answer)) {
      assertThat(System.nanoTime()).as("%s says %s", path, answer).isLessThan(end);
      answer = ask(operator, path);
    }
  }

  private static double rounds(String controller) {
    Double ended =
        CollectorRegistry.defaultRegistry.getSampleValue(
            "sparrow_operator_reconciliations_total",
            new String[] {"controller", "outcome"},
            new String[] {controller, "success"});
    return ended == null ? 0 : ended;
  }

  private static void awaitRounds(OperatorProcess operator, String controller, double atLeast)
      throws Exception {
    await(operator, "/metrics", any -> rounds(controller) >= atLeast);
  }
}
