package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class OperatorAwayTest {
  private static final int KILLS = 8;
  private static final long PAUSE_MILLIS = 4_000;

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel = Bazel.with("cluster", () -> farm().balancedBazelrcLines());

  private static @Nullable TestFarm farm;

  @BeforeAll
  static void apply() {
    farm = namespace.apply(Example.minimal().exposed()).awaitReady();
  }

  @AfterEach
  void repair() {
    namespace.operator().start();
  }

  @Test
  void buildsGoOn_andNothingIsMadeAnewAfterwards_whenTheOperatorIsStopped() {
    OwnedObjects objects = new OwnedObjects(namespace);
    Map<String, String> before = objects.everything("main");

    namespace.operator().stop();
    BazelResult result = bazel.run("build", "//slow").succeeded();
    namespace.operator().start();
    farm().awaitReady();

    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote()).as(result.output()).isPositive();
    assertThat(result.warnings()).isEmpty();
    assertThat(objects.everything("main")).isEqualTo(before);
  }

  @Test
  void buildsGoOn_andNothingIsMadeAnew_whenTheOperatorIsUpgradedAndRolledBack() {
    OwnedObjects objects = new OwnedObjects(namespace);
    Map<String, String> before = objects.everything("main");
    Set<String> operators = namespace.operator().names();

    namespace.operator().upgrade("podAnnotations.e2e=upgraded");
    BazelResult result = bazel.run("build", "--action_env=UPGRADED=1", "//slow").succeeded();
    Set<String> upgraded = namespace.operator().names();
    namespace.operator().rollBack();
    farm().awaitReady();

    assertThat(upgraded).doesNotContainAnyElementsOf(operators);
    assertThat(namespace.operator().names()).doesNotContainAnyElementsOf(upgraded);
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote()).as(result.output()).isPositive();
    assertThat(objects.everything("main")).isEqualTo(before);
  }

  @Test
  void theSameObjectsComeAbout_whenTheOperatorIsKilledAgainAndAgainWhileItMakesThem()
      throws InterruptedException {
    OwnedObjects objects = new OwnedObjects(namespace);

    TestFarm other = namespace.apply(Example.minimal().named("other"));
    for (int i = 0; i < KILLS; i++) {
      Thread.sleep(PAUSE_MILLIS);
      namespace.operator().kill();
    }
    namespace.operator().awaitReady();
    other.awaitReady();

    Set<String> expected = new TreeSet<>();
    objects.uids("main").keySet().forEach(name -> expected.add(name.replace("/main", "/other")));
    assertThat(objects.uids("other").keySet()).isEqualTo(expected);
    assertThat(objects.pods("other")).hasSameSizeAs(objects.pods("main"));
  }

  private static TestFarm farm() {
    return Optional.ofNullable(farm).orElseThrow();
  }
}
