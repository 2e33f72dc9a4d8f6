package build.sparrow.cas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CasConfigTest {
  private static CasConfig config(String capacity, Duration lease) {
    return new CasConfig(
        new Endpoint("127.0.0.1", 0), Path.of("data"), DataSize.parse(capacity), lease);
  }

  @Test
  void theDefaultLeaseIsWhatBazelAssumes() {
    assertThat(CasConfig.DEFAULT_LEASE).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void whatCannotWorkIsRefused() {
    assertThat(config("16Mi", Duration.ZERO)).isNotNull();
    assertThatThrownBy(() -> config("15Mi", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity is 15Mi; give at least 16Mi");
    assertThatThrownBy(() -> config("16Mi", Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("lease is PT-1S; give 0 or more");
  }
}
