package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OperatorConfigTest {
  @Test
  void defaultsAreThoseOfTheReadme() {
    assertThat(OperatorConfig.of(Map.of("SPARROW_IMAGE", "sparrow:1")))
        .isEqualTo(new OperatorConfig(Set.of(), true, false, "sparrow:1", "", "", 9090));
  }

  @Test
  void everythingThatTheChartSetsIsRead() {
    Map<String, String> environment =
        Map.of(
            "SPARROW_IMAGE", "sparrow:1",
            "WATCH_NAMESPACES", "builds, more",
            "WATCH_NODES", "false",
            "LEADER_ELECTION", "true",
            "METRICS_PORT", "0",
            "POD_NAME", "sparrow-1",
            "POD_NAMESPACE", "system");

    assertThat(OperatorConfig.of(environment))
        .isEqualTo(
            new OperatorConfig(
                Set.of("builds", "more"), false, true, "sparrow:1", "sparrow-1", "system", 0));
  }

  @Test
  void allMistakesAreSaidAtOnce() {
    Map<String, String> environment =
        Map.of(
            "WATCH_NAMESPACES", "A_b",
            "WATCH_NODES", "yes",
            "LEADER_ELECTION", "true",
            "METRICS_PORT", "65536");

    assertThatThrownBy(() -> OperatorConfig.of(environment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            """
            The operator's environment has mistakes:
              WATCH_NAMESPACES has "A_b"; give names of namespaces, with commas between them, or \
            nothing for all
              WATCH_NODES is "yes"; give true or false
              SPARROW_IMAGE is not set; give the image that farms run
              POD_NAME is not set; give what the election calls us
              POD_NAMESPACE is not set; give where the lease is kept
              METRICS_PORT is "65536"; give a port from 0 to 65535\
            """);
  }
}
