package build.sparrow.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AmountTest {
  @Test
  void readsWhatKubernetesWrites() {
    assertThat(Amount.parse("4")).hasValue(4_000);
    assertThat(Amount.parse("0.5")).hasValue(500);
    assertThat(Amount.parse("500m")).hasValue(500);
    assertThat(Amount.parse("1.5Gi")).hasValue(1_610_612_736_000L);
    assertThat(Amount.parse("2G")).hasValue(2_000_000_000_000L);
    assertThat(Amount.parse("0")).hasValue(0);
  }

  @Test
  void refusesWhatIsNoAmountOrBeyondCounting() {
    for (String text : List.of("", "lots", "-1", "4 cores", "1e3", "4gi", "1.2345", "9000Pi")) {
      assertThat(Amount.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void isShownAsPeopleWriteIt() {
    for (String text : List.of("4", "500m", "1536Mi", "16Gi", "64", "0", "3Ti", "1500m")) {
      assertThat(Amount.show(Amount.parse(text).orElseThrow())).isEqualTo(text);
    }
  }
}
