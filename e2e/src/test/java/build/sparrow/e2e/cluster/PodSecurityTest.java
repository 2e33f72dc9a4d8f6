package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The levels that docs/operate/install.md promises, as the API server judges them. */
final class PodSecurityTest {
  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  private static String restricted = "";

  @BeforeAll
  static void makeRestrictedNamespace() {
    restricted = namespace.name() + "-restricted";
    namespace
        .client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(restricted)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
    Eventually.get(
        "the namespace has its service account",
        Duration.ofSeconds(30),
        Duration.ofMillis(200),
        () ->
            Optional.ofNullable(
                namespace
                    .client()
                    .serviceAccounts()
                    .inNamespace(restricted)
                    .withName("default")
                    .get()));
  }

  @AfterAll
  static void deleteRestrictedNamespace() {
    namespace.client().namespaces().withName(restricted).delete();
  }

  @Test
  void aFarmRunsUnderBaseline_andAllButItsSandboxedExecutorsPassRestricted() {
    TestFarm farm = namespace.apply(Example.minimal()).awaitReady();

    List<Pod> strict = new ArrayList<>(namespace.operator().pods());
    strict.addAll(farm.pods(TestFarm.FRONTEND));
    strict.addAll(farm.pods(TestFarm.SHARD));
    assertThat(strict).hasSizeGreaterThanOrEqualTo(3);
    strict.forEach(PodSecurityTest::createInRestricted);
    for (Pod executor : farm.pods(TestFarm.EXECUTOR)) {
      assertThatThrownBy(() -> createInRestricted(executor))
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("violates PodSecurity \"restricted:latest\"")
          .hasMessageContaining("procMount");
    }
  }

  @Test
  void anExecutorWithoutASandboxPassesRestricted() {
    TestFarm farm =
        namespace
            .apply(
                Example.minimal().named("plain").withPools("{sandbox: {type: None}, image: null}"))
            .awaitReady();

    farm.pods(TestFarm.EXECUTOR).forEach(PodSecurityTest::createInRestricted);
  }

  /** The same pod, but only tried. */
  private static void createInRestricted(Pod pod) {
    Pod copy =
        new PodBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .endMetadata()
            .withSpec(new PodBuilder(pod).buildSpec())
            .build();
    copy.getSpec().setNodeName(null);
    copy.getSpec().setServiceAccountName("default");
    copy.getSpec().setServiceAccount(null);
    namespace.client().resource(copy).inNamespace(restricted).dryRun().create();
  }
}
