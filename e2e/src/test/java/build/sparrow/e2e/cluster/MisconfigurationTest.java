package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.client.Refusal;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code kubectl describe bf} says of each mistake that docs/operate names. */
final class MisconfigurationTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final ReapiClient client = ReapiClient.at(() -> namespace.farm().balancedEndpoint());

  @AfterEach
  void delete() {
    namespace.farm().delete();
  }

  @Test
  void aMissingStorageClass() {
    TestFarm wrong =
        namespace.apply(
            Example.minimal()
                .named("storage")
                .with("{spec: {storage: {volume: {storageClassName: no-such-class}}}}"));

    assertSays(wrong, "StorageReady", "StorageClassMissing", "\"no-such-class\"", "Create it");
  }

  @Test
  void anImageThatCannotBePulled() {
    TestFarm wrong =
        namespace.apply(
            Example.minimal()
                .named("image")
                .with("{spec: {image: {repository: localhost:1/absent, tag: none}}}"));

    assertSays(wrong, "StorageReady", "ImagePullFailed", "localhost:1/absent:none", "Correct");
  }

  @Test
  void aToolchainThatCannotBePulled() {
    TestFarm wrong =
        namespace.apply(
            Example.minimal()
                .named("toolchain")
                .withPools("{image: {repository: localhost:1/absent, tag: none}}"));

    assertSays(wrong, "ExecutorsReady", "ImagePullFailed", "localhost:1/absent:none", "Correct");
  }

  @Test
  void aQuotaThatIsExceeded() {
    // Counts what only the executors ask for, so that it hits nobody else.
    namespace
        .client()
        .resource(
            new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("licences")
                .endMetadata()
                .withNewSpec()
                .withHard(Map.of("requests.example.com/licence", new Quantity("0")))
                .endSpec()
                .build())
        .inNamespace(namespace.name())
        .create();
    TestFarm wrong =
        namespace.apply(
            Example.minimal()
                .named("quota")
                .withPools(
                    """
                    resources:
                      requests: {example.com/licence: "1"}
                      limits: {example.com/licence: "1"}
                    """));

    assertSays(wrong, "ExecutorsReady", "QuotaExceeded", "licences", "Raise the");
  }

  @Test
  void aPoolForWhichThereIsNoNode() {
    TestFarm wrong =
        namespace.apply(
            Example.minimal()
                .named("nodes")
                .withPools("{scheduling: {nodeSelector: {example.com/no-such-label: there}}}"));

    assertSays(wrong, "ExecutorsReady", "Unschedulable", "didn't match", "Add");
  }

  @Test
  void aPlatformThatNoPoolOffers() {
    namespace.apply(Example.minimal().named("platform").exposed()).awaitReady();

    Refusal refusal = Refusal.of(() -> new Work(client).runOn("OSFamily", "plan9"));

    System.out.println(refusal);
    assertThat(refusal.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(refusal.message()).contains("linux", "OSFamily", "plan9");
  }

  /** The part says the reason and the next step, so do Ready and Stalled, and so does an event. */
  private static void assertSays(
      TestFarm farm, String part, String reason, String seen, String nextStep) {
    Condition condition = farm.awaitReason(part, reason, LIMIT);
    Condition ready = farm.awaitReason("Ready", reason, LIMIT);
    farm.awaitReason("Stalled", reason, LIMIT);
    System.out.println(condition.getReason() + ": " + condition.getMessage());

    assertThat(condition.getStatus()).isEqualTo("False");
    assertThat(condition.getMessage()).contains(seen).contains(nextStep);
    assertThat(ready.getStatus()).isEqualTo("False");
    assertThat(ready.getMessage()).contains(seen);
    assertThat(farm.events()).anyMatch(event -> event.startsWith(reason + ": "));
  }
}
