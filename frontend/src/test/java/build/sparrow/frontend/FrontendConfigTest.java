package build.sparrow.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FrontendConfigTest {
  private static FrontendConfig config(String name, PoolDeclaration... pools) {
    return FrontendConfig.withDefaults(
        Endpoint.loopback(0),
        name,
        Placement.alone(Endpoint.loopback(1)),
        List.of(pools),
        Duration.ofHours(3));
  }

  @Test
  void defaultsArePinned() {
    FrontendConfig config = config("f");

    assertThat(config.limits())
        .isEqualTo(
            new FrontendLimits(
                DataSize.ofMebibytes(4),
                Duration.ofMinutes(15),
                Duration.ofHours(1),
                100_000,
                1_000_000));
    assertThat(config.scheduling().budgets()).isEqualTo(new LossBudgets(4, 2, 2, 3));
    // The protocol's promise is 20 s.
    assertThat(config.progressInterval()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void mistakesAreNamed() {
    PoolDeclaration pool = PoolDeclaration.of("linux", PlatformKey.ANY);

    assertThatThrownBy(() -> config("")).hasMessageContaining("no name");
    assertThatThrownBy(() -> config("f", pool, pool)).hasMessageContaining("named linux");
    assertThatThrownBy(() -> PoolDeclaration.of(" ", PlatformKey.ANY))
        .hasMessageContaining("no name");
    assertThatThrownBy(
            () ->
                new FrontendLimits(
                    DataSize.ofMebibytes(5), Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 1))
        .hasMessageContaining("maxBatchBytes is")
        .hasMessageContaining("4194304");
    assertThatThrownBy(
            () ->
                new FrontendLimits(
                    DataSize.ofMebibytes(4), Duration.ofMinutes(2), Duration.ofMinutes(1), 1, 1))
        .hasMessageContaining("defaultActionTimeout is PT2M");
    assertThatThrownBy(
            () ->
                new FrontendLimits(
                    DataSize.ofMebibytes(4), Duration.ofMinutes(1), Duration.ofMinutes(1), 0, 1))
        .hasMessageContaining("maxQueuedActions is 0");
    assertThatThrownBy(
            () ->
                new FrontendLimits(
                    DataSize.ofMebibytes(4), Duration.ofMinutes(1), Duration.ofMinutes(1), 1, 0))
        .hasMessageContaining("maxInputEntries is 0");
  }
}
