package build.sparrow.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class InvalidSpecTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @Test
  void theFarmRunsOnWithItsLastGoodSpec_whenTheNewOneBreaksARuleThatNoSchemaHas() {
    TestFarm farm = namespace.apply(Example.minimal()).awaitReady();
    OwnedObjects objects = new OwnedObjects(namespace);
    Map<String, String> pods = objects.pods("main");
    // No such time zone; and more executors, which are not to come.
    Example invalid =
        Example.minimal()
            .withPools(
                """
                replicas: 3
                autoscaling:
                  mode: Internal
                  schedules: [{cron: "0 7 * * *", timeZone: Mars/Olympus, minReplicas: 3}]
                """);

    farm.apply(invalid);
    Condition specValid = farm.await("SpecValid", "False", LIMIT);
    Condition ready = farm.await("Ready", "True", LIMIT);

    assertThat(specValid.getReason()).isEqualTo("SpecInvalid");
    assertThat(specValid.getMessage())
        .contains("spec.executorPools[0].autoscaling.schedules[0].timeZone")
        .contains("Mars/Olympus")
        .contains("goes on with the one in ConfigMap main-config");
    assertThat(ready.getReason()).isEqualTo("AllComponentsReady");
    assertThat(objects.pods("main")).isEqualTo(pods);
    assertThat(farm.events()).anyMatch(event -> event.startsWith("SpecInvalid: "));

    farm.apply(Example.minimal());
    farm.await("SpecValid", "True", LIMIT);
    farm.awaitReady();
    assertThat(objects.pods("main")).isEqualTo(pods);
  }

  @Test
  void theApiServerSaysWhatToWrite_whenTheSpecBreaksARuleOfTheSchema() {
    Example wrong = Example.minimal().named("wrong").withPools("{autoscaling: {minReplicas: 11}}");

    assertThatThrownBy(() -> namespace.apply(wrong))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("raise maxReplicas or lower minReplicas to it");
  }
}
