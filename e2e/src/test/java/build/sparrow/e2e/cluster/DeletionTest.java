package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.farm.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DeletionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @Test
  @Order(1)
  void aMinuteAfterAFarmIsDeleted_nothingIsLeftButTheDiskThatIsToStay() {
    TestFarm farm = namespace.apply(Example.minimal()).awaitReady();

    farm.delete();
    awaitNothing("main");

    assertThat(claims()).containsExactly("data-main-shard-0");
  }

  @Test
  @Order(2)
  void theDiskGoesWithTheFarm_whenThePolicyIsToDelete() {
    TestFarm farm =
        namespace
            .apply(
                Example.minimal()
                    .named("second")
                    .with("{spec: {storage: {retention: {whenDeleted: Delete}}}}"))
            .awaitReady();

    farm.delete();
    awaitNothing("second");
    Eventually.get(
        "the disk is gone",
        LIMIT,
        Duration.ofMillis(500),
        () -> Optional.of(claims()).filter(names -> !names.contains("data-second-shard-0")));
  }

  @Test
  @Order(3)
  void theNamespaceGoes_whenTheOperatorIsGoneFirst() {
    namespace.apply(Example.minimal().named("third")).awaitReady();

    namespace.operator().stop();
    try {
      namespace.client().namespaces().withName(namespace.name()).delete();
      namespace.awaitGone();
    } finally {
      namespace.operator().start();
    }
  }

  private static void awaitNothing(String farm) {
    OwnedObjects objects = new OwnedObjects(namespace);
    Map<String, String> last = new TreeMap<>();
    try {
      Eventually.get(
          "nothing of the farm is left",
          LIMIT,
          Duration.ofMillis(500),
          () -> {
            last.clear();
            last.putAll(objects.uids(farm));
            last.putAll(objects.pods(farm));
            return last.isEmpty() ? Optional.of(true) : Optional.empty();
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; there are " + last.keySet(), e);
    }
  }

  private static List<String> claims() {
    return namespace
        .client()
        .persistentVolumeClaims()
        .inNamespace(namespace.name())
        .list()
        .getItems()
        .stream()
        .filter(claim -> !claim.isMarkedForDeletion())
        .map(claim -> claim.getMetadata().getName())
        .toList();
  }
}
