package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.PoolSpec.PlatformProperty;
import build.sparrow.crds.SchedulerSpec.Match;
import build.sparrow.crds.SchedulerSpec.PropertyRule;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FarmRulesTest {
  @Test
  void soundFarmHasNoProblems() {
    assertThat(
            problemsOf(
                Pools.named("linux"),
                Pools.onPlatform(
                    "gpu",
                    new PlatformProperty("OSFamily", "linux"),
                    new PlatformProperty("gpu", "a100"))))
        .isEmpty();
  }

  @Test
  void kindVersionAndNameMustBeAFarms() {
    BuildFarm farm = farm(List.of());
    farm.setApiVersion("sparrow.build/v1");
    farm.setKind("Farm");
    farm.setMetadata(new ObjectMetaBuilder().withName("Main-Farm-Of-The-Whole-Team").build());

    assertThat(FarmRules.problemsOf(farm))
        .containsExactly(
            new FarmProblem(
                "apiVersion",
                "sparrow.build/v1",
                "not this kind's version; give sparrow.build/v1alpha1"),
            new FarmProblem("kind", "Farm", "not a farm; give BuildFarm"),
            new FarmProblem(
                "metadata.name",
                "Main-Farm-Of-The-Whole-Team",
                "not a farm's name; give at most 20 lower-case letters, digits and hyphens, a"
                    + " letter first and no hyphen last"));
  }

  @Test
  void poolNamesAreUniqueDnsLabels() {
    assertThat(
            problemsOf(
                Pools.sized("a", 1, 1),
                Pools.onPlatform("a", new PlatformProperty("x", "y")),
                Pools.sized("Linux_x64", 1, 1),
                Pools.sized("", 1, 1),
                Pools.sized("p".repeat(37), 1, 1)))
        .containsExactly(
            problem(
                2,
                "name",
                "Linux_x64",
                "not a name; give lower-case letters, digits and hyphens, a letter first and no"
                    + " hyphen last"),
            problem(3, "name", null, "missing; give it"),
            problem(4, "name", "p".repeat(37), "has 37 characters; give 1 to 36"),
            problem(1, "name", "a", "the name of spec.executorPools[0], too; give another"));
  }

  @Test
  void platformsAreUnlikeEachOther_inAnyOrder() {
    PlatformProperty linux = new PlatformProperty("OSFamily", "linux");
    PlatformProperty arm = new PlatformProperty("cpu", "arm64");

    assertThat(
            problemsOf(
                Pools.onPlatform("a", linux, arm),
                Pools.onPlatform("b", linux),
                Pools.onPlatform("c", arm, linux),
                Pools.onPlatform("d", arm, arm)))
        .containsExactly(
            problem(
                2,
                "platform",
                "OSFamily=linux,cpu=arm64",
                "the platform of spec.executorPools[0], too; tell them apart by a property or by"
                    + " capacityType OnDemand, or make them one"),
            problem(3, "platform[1]", "cpu=arm64", "stands here twice; leave one out"));
  }

  @Test
  void countedPropertiesOfPoolsAreAmounts_eachOnce() {
    BuildFarm farm =
        farm(
            List.of(
                Pools.onPlatform("a", new PlatformProperty("cpu", "x86_64")),
                Pools.onPlatform("b", new PlatformProperty("cpu", "9Pi")),
                Pools.onPlatform(
                    "c", new PlatformProperty("cpu", "4"), new PlatformProperty("cpu", "500m"))));
    farm.setSpec(
        counting(
            farm.getSpec(),
            new PropertyRule("cpu", Match.MINIMUM, "1"),
            new PropertyRule("cpu", Match.ANY, "2")));

    assertThat(FarmRules.problemsOf(farm))
        .containsExactly(
            new FarmProblem(
                "spec.scheduler.platformProperties[1].name",
                "cpu",
                "has a rule already; leave one of the two out"),
            new FarmProblem(
                "spec.scheduler.platformProperties[1].defaultAmount",
                "2",
                "only match Minimum counts; leave it out or change the match"),
            problem(
                0,
                "platform[0].value",
                "x86_64",
                "not an amount that can be counted; give it as 4, 500m or 16Gi, at most 8Pi"),
            problem(
                1,
                "platform[0].value",
                "9Pi",
                "not an amount that can be counted; give it as 4, 500m or 16Gi, at most 8Pi"),
            problem(
                2, "platform[1].value", "500m", "a second amount of it; leave one of the two out"));
  }

  @Test
  void poolsThatDifferOnlyInWhatNobodyLooksAtAreTheSame() {
    PlatformProperty linux = new PlatformProperty("OSFamily", "linux");
    BuildFarm farm =
        farm(
            List.of(
                Pools.onPlatform("a", linux),
                Pools.onPlatform("b", linux, new PlatformProperty("silo", "1"))));
    assertThat(FarmRules.problemsOf(farm)).isEmpty();

    farm.setSpec(counting(farm.getSpec(), new PropertyRule("silo", Match.IGNORE, null)));

    assertThat(FarmRules.problemsOf(farm))
        .extracting(FarmProblem::path)
        .containsExactly("spec.executorPools[1].platform");
  }

  private static BuildFarmSpec counting(BuildFarmSpec spec, PropertyRule... rules) {
    return new BuildFarmSpec(
        spec.image(),
        spec.paused(),
        spec.frontend(),
        new SchedulerSpec(SchedulerSpec.Attempts.DEFAULTS, 3, List.of(rules), List.of()),
        spec.storage(),
        spec.executorPools(),
        spec.monitoring());
  }

  @Test
  void aTenantHasOneWeight() {
    BuildFarm farm = farm(List.of());
    BuildFarmSpec spec = farm.getSpec();
    farm.setSpec(
        new BuildFarmSpec(
            spec.image(),
            spec.paused(),
            spec.frontend(),
            new SchedulerSpec(
                SchedulerSpec.Attempts.DEFAULTS,
                3,
                List.of(),
                List.of(new SchedulerSpec.Tenant("ci", 2), new SchedulerSpec.Tenant("ci", 3))),
            spec.storage(),
            spec.executorPools(),
            spec.monitoring()));

    assertThat(FarmRules.problemsOf(farm))
        .containsExactly(
            new FarmProblem(
                "spec.scheduler.tenants[1].instanceName",
                "ci",
                "has a weight already; leave one of the two out"));
  }

  @Test
  void aPoolOnDemandMayHaveThePlatformOfAnotherThatIsNot() {
    PlatformProperty linux = new PlatformProperty("OSFamily", "linux");

    assertThat(problemsOf(Pools.onPlatform("a", linux), Pools.onDemand("b", linux))).isEmpty();
    assertThat(problemsOf(Pools.onDemand("a", linux), Pools.onDemand("b", linux))).hasSize(1);
  }

  @Test
  void numbersKeepTheBoundsOfTheSchema() {
    assertThat(problemsOf(Pools.sized("a", -1, 0), Pools.sized("b", 1001, 1025)))
        .containsExactly(
            problem(0, "replicas", "-1", "out of bounds; give 0 to 1000"),
            problem(0, "slots", "0", "out of bounds; give 1 to 1024"),
            problem(1, "replicas", "1001", "out of bounds; give 0 to 1000"),
            problem(1, "slots", "1025", "out of bounds; give 1 to 1024"));
  }

  @Test
  void rootDirectoryIsAbsolute_andForBubblewrapOnly() {
    assertThat(
            problemsOf(
                Pools.sandboxed(
                    "a", new SandboxSpec(SandboxSpec.Type.BUBBLEWRAP, "toolchain", null)),
                Pools.sandboxed("b", new SandboxSpec(SandboxSpec.Type.NONE, "/toolchain", null)),
                Pools.sandboxed(
                    "c", new SandboxSpec(SandboxSpec.Type.BUBBLEWRAP, "/toolchain", null))))
        .containsExactly(
            problem(
                0, "sandbox.rootDirectory", "toolchain", "not an absolute path; begin it with /"),
            problem(
                1,
                "sandbox.rootDirectory",
                "/toolchain",
                "only type Bubblewrap has one; leave it out or change the type"));
  }

  @Test
  void quantitiesAreSizesWithinBounds() {
    BuildFarm farm = farm(List.of());
    farm.setSpec(
        spec(
            new FrontendSpec(
                1,
                Resources.DEFAULTS,
                FrontendSpec.Expose.DEFAULTS,
                new FrontendSpec.Limits(Quantity.parse("8Mi"), 900, 600, 1, 1)),
            new StorageSpec(
                1,
                null,
                new StorageSpec.Volume(new Quantity("20", "GB"), null),
                StorageSpec.Retention.DEFAULTS,
                StorageSpec.Eviction.DEFAULTS,
                Resources.DEFAULTS,
                null),
            List.of()));

    assertThat(FarmRules.problemsOf(farm))
        .containsExactly(
            new FarmProblem(
                "spec.frontend.limits.maxBatchBytes", "8Mi", "out of bounds; give 64Ki to 4Mi"),
            new FarmProblem(
                "spec.frontend.limits.defaultActionTimeoutSeconds",
                "900",
                "above maxActionTimeoutSeconds, 600; lower this or raise that"),
            new FarmProblem(
                "spec.storage.volume.size",
                "20GB",
                "not a size; give bytes, or a number with Ki, Mi, Gi or Ti"));
  }

  @Test
  void twoCopiesNeedThreeShards() {
    assertThat(storage(1, null).copies()).isEqualTo(1);
    assertThat(storage(2, null).copies()).isEqualTo(1);
    assertThat(storage(3, null).copies()).isEqualTo(2);
    assertThat(storage(3, 1).copies()).isEqualTo(1);
    assertThat(problemsOf(storage(3, 2))).isEmpty();
    assertThat(problemsOf(storage(2, 1))).isEmpty();

    assertThat(problemsOf(storage(2, 2)))
        .containsExactly(
            new FarmProblem(
                "spec.storage.replicas",
                "2",
                "more than 2 shards can keep: give spec.storage.shards 3 or more, or replicas 1; of"
                    + " two shards that lose sight of each other neither knows what it lacks"));
    assertThat(problemsOf(storage(65, 3)))
        .extracting(FarmProblem::path)
        .containsExactly("spec.storage.shards", "spec.storage.replicas");
  }

  private static StorageSpec storage(int shards, @Nullable Integer replicas) {
    return new StorageSpec(
        shards,
        replicas,
        StorageSpec.Volume.DEFAULTS,
        StorageSpec.Retention.DEFAULTS,
        StorageSpec.Eviction.DEFAULTS,
        Resources.DEFAULTS,
        null);
  }

  @Test
  void aTierIsABucketByItsName() {
    TierSpec.S3 good =
        new TierSpec.S3(
            "builds",
            "https://s3.example:9000",
            "eu-west-1",
            "farms/main/",
            new TierSpec.Credentials("keys"));

    assertThat(problemsOf(tier(good))).isEmpty();
    assertThat(problemsOf(tier(new TierSpec.S3("builds", null, "us-east-1", "", null)))).isEmpty();
    assertThat(problemsOf(tier(new TierSpec.S3("", null, "us-east-1", "", null))))
        .containsExactly(new FarmProblem("spec.storage.tier.s3.bucket", null, "missing; give it"));
    assertThat(
            problemsOf(
                tier(
                    new TierSpec.S3(
                        "Builds", "minio:9000", "EU", "/farms", new TierSpec.Credentials("")))))
        .extracting(FarmProblem::path)
        .containsExactly(
            "spec.storage.tier.s3.bucket",
            "spec.storage.tier.s3.endpoint",
            "spec.storage.tier.s3.region",
            "spec.storage.tier.s3.prefix",
            "spec.storage.tier.s3.credentials.secretName");
    for (String prefix : List.of("../", "./", "farms/../", "farms//", "/", "farms")) {
      assertThat(problemsOf(tier(new TierSpec.S3("builds", null, "us-east-1", prefix, null))))
          .as(prefix)
          .extracting(FarmProblem::path)
          .containsExactly("spec.storage.tier.s3.prefix");
    }
  }

  private static StorageSpec tier(TierSpec.S3 s3) {
    return new StorageSpec(
        1,
        null,
        StorageSpec.Volume.DEFAULTS,
        StorageSpec.Retention.DEFAULTS,
        StorageSpec.Eviction.DEFAULTS,
        Resources.DEFAULTS,
        new TierSpec(s3));
  }

  private static List<FarmProblem> problemsOf(StorageSpec storage) {
    BuildFarm farm = farm(List.of());
    farm.setSpec(spec(FrontendSpec.DEFAULTS, storage, List.of()));
    return FarmRules.problemsOf(farm);
  }

  @Test
  void farmHasAtMost32Pools() {
    List<PoolSpec> pools = new ArrayList<>();
    for (int i = 0; i < 33; i++) {
      pools.add(Pools.sized("p" + i, 1, 1));
    }

    assertThat(FarmRules.problemsOf(farm(pools)))
        .containsExactly(
            new FarmProblem("spec.executorPools", null, "has 33 entries; give at most 32"));
  }

  private static FarmProblem problem(int pool, String field, @Nullable String value, String why) {
    return new FarmProblem("spec.executorPools[" + pool + "]." + field, value, why);
  }

  private static List<FarmProblem> problemsOf(PoolSpec... pools) {
    return FarmRules.problemsOf(farm(List.of(pools)));
  }

  private static BuildFarm farm(List<PoolSpec> pools) {
    BuildFarm farm = new BuildFarm();
    farm.setApiVersion("sparrow.build/v1alpha1");
    farm.setKind("BuildFarm");
    farm.setMetadata(new ObjectMetaBuilder().withName("main").build());
    farm.setSpec(spec(FrontendSpec.DEFAULTS, StorageSpec.DEFAULTS, pools));
    return farm;
  }

  private static BuildFarmSpec spec(
      FrontendSpec frontend, StorageSpec storage, List<PoolSpec> pools) {
    return new BuildFarmSpec(
        ImageSpec.DEFAULTS,
        false,
        frontend,
        SchedulerSpec.DEFAULTS,
        storage,
        pools,
        MonitoringSpec.DEFAULTS);
  }
}
