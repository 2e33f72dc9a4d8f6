package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.CasConfig;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.tier.TierConfig;
import build.sparrow.crds.BuildFarm;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.executor.SandboxConfig;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.frontend.FrontendLimits;
import build.sparrow.frontend.Peering;
import build.sparrow.frontend.PoolDeclaration;
import build.sparrow.frontend.SchedulingPolicy;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.StrictYaml;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FarmBlueprintTest {
  private static final Endpoint SHARD = Endpoint.loopback(1);
  private static final Placement STORAGE = Placement.alone(SHARD);
  private static final Endpoint FRONTEND = Endpoint.loopback(2);
  private static final Path LOG = Path.of("/data/actions.jsonl");
  private static final String FARM =
      """
      spec:
        frontend:
          limits:
            maxBatchBytes: 1Mi
            defaultActionTimeoutSeconds: 10
            maxActionTimeoutSeconds: 20
            maxQueuedActions: 30
            maxInputEntries: 40
        scheduler:
          attempts: {infrastructure: 5, outOfMemory: 6, poisonExecutors: 7}
          preemptionsBeforeOnDemand: 8
          platformProperties:
          - {name: memory, match: Minimum, defaultAmount: 500Mi}
          - {name: silo, match: Ignore}
          tenants: [{instanceName: ci, weight: 3}]
        storage:
          volume: {size: 1G}
          eviction: {leaseSeconds: 60}
          tier:
            s3: {bucket: builds, endpoint: "http://minio:9000", region: eu-west-1, prefix: main/}
        executorPools:
        - name: linux
          replicas: 2
          platform: [{name: OSFamily, value: linux}, {name: cpu, value: x86_64}]
          slots: 4
          sandbox: {type: Bubblewrap, rootDirectory: /toolchain}
          inputCache: {sizeLimit: 512Mi}
          disruption: {drainTimeoutSeconds: 9}
        - name: bare
          platform: [{name: a, value: b}]
          sandbox: {type: None}
          scheduling: {capacityType: OnDemand}
          autoscaling: {mode: Internal, minReplicas: 3}
      """;

  @Test
  void everyFieldReachesTheProcessThatObeysIt() throws Exception {
    FarmBlueprint blueprint = blueprint(Map.of());
    PlatformKey linux = PlatformKey.of(Map.of("OSFamily", "linux", "cpu", "x86_64"));

    assertThat(blueprint.shard(SHARD, Path.of("/data/shard"), null))
        .isEqualTo(
            new CasConfig(
                    SHARD,
                    Path.of("/data/shard"),
                    new DataSize(900_000_000),
                    Duration.ofSeconds(60))
                .with(
                    new TierConfig(
                        "builds", URI.create("http://minio:9000"), "eu-west-1", "main/")));
    assertThat(blueprint.frontend("frontend-0", FRONTEND, STORAGE, Peering.ALONE, LOG))
        .isEqualTo(
            new FrontendConfig(
                FRONTEND,
                "frontend-0",
                STORAGE,
                List.of(
                    PoolDeclaration.of("linux", linux),
                    new PoolDeclaration("bare", PlatformKey.of(Map.of("a", "b")), true, true)),
                new FrontendLimits(
                    DataSize.ofMebibytes(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    30,
                    40),
                new SchedulingPolicy(
                    new PropertyRules(
                        Map.of("memory", PropertyMatch.MINIMUM, "silo", PropertyMatch.IGNORE),
                        Map.of("memory", 1_000L * (500 << 20))),
                    Map.of("ci", 3),
                    new LossBudgets(5, 6, 7, 8)),
                Duration.ofSeconds(60),
                FrontendConfig.DEFAULT_PROGRESS_INTERVAL,
                Peering.ALONE,
                LOG));
    assertThat(blueprint.executors(List.of(FRONTEND), STORAGE, Path.of("/data")))
        .hasSize(5)
        .first()
        .isEqualTo(
            new ExecutorConfig(
                "linux-0",
                "linux",
                linux,
                4,
                List.of(FRONTEND),
                null,
                STORAGE,
                Path.of("/data/executors/linux-0"),
                DataSize.ofMebibytes(512),
                new SandboxConfig.Bubblewrap(Path.of("/toolchain"), List.of(Path.of("/data"))),
                Duration.ofSeconds(9)));
  }

  @Test
  void autoscaledPoolHasItsFewestExecutorsHere_butOneAtLeast() throws Exception {
    BuildFarm farm =
        StrictYaml.read(
            """
            spec:
              executorPools:
              - {name: zero, replicas: 9, autoscaling: {mode: Internal}}
              - {name: two, autoscaling: {mode: External, minReplicas: 2}}
              - {name: none, replicas: 0, autoscaling: {minReplicas: 2}}
            """,
            BuildFarm.class);

    assertThat(
            FarmBlueprint.of(farm.getSpec(), Map.of(), 8)
                .executors(List.of(FRONTEND), STORAGE, Path.of("/data")))
        .extracting(ExecutorConfig::name)
        .containsExactly("zero-0", "two-0", "two-1");
  }

  @Test
  void executorsWithoutSlotsShareTheProcessorsOfTheMachine_orHaveThemAll() throws Exception {
    FarmBlueprint blueprint = blueprint(Map.of());

    assertThat(blueprint.executors(List.of(FRONTEND), STORAGE, Path.of("/data")))
        .filteredOn(executor -> executor.pool().equals("bare"))
        .extracting(ExecutorConfig::slots)
        .containsExactly(2, 2, 2);
    assertThat(
            blueprint
                .executor("bare", "bare-9", List.of(FRONTEND), null, STORAGE, Path.of("/x"))
                .slots())
        .isEqualTo(8);
  }

  @Test
  void namedRootTakesThePlaceOfTheSpecs() throws Exception {
    assertThat(
            blueprint(Map.of("linux", Path.of("/other")))
                .executor("linux", "linux-0", List.of(FRONTEND), null, STORAGE, Path.of("/x"))
                .sandbox())
        .isEqualTo(new SandboxConfig.Bubblewrap(Path.of("/other")));
  }

  @Test
  void rootOfAPoolWithoutSandboxIsRefused() {
    assertThatThrownBy(() -> blueprint(Map.of("bare", Path.of("/other"))))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("Pool bare has no sandbox");
    assertThatThrownBy(() -> blueprint(Map.of("windows", Path.of("/other"))))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("The farm has no pool windows; it has linux, bare");
  }

  @Test
  void exampleIsAFarm() throws Exception {
    BuildFarm farm = FarmFile.read(Path.of("../examples/local/buildfarm.yaml"));

    assertThat(
            FarmBlueprint.of(farm.getSpec(), Map.of(), 2)
                .executors(List.of(FRONTEND), STORAGE, Path.of("/data")))
        .extracting(ExecutorConfig::name, ExecutorConfig::slots)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("linux-0", 1),
            org.assertj.core.api.Assertions.tuple("linux-1", 1));
  }

  private static FarmBlueprint blueprint(Map<String, Path> poolRoots) throws Exception {
    return FarmBlueprint.of(StrictYaml.read(FARM, BuildFarm.class).getSpec(), poolRoots, 8);
  }
}
