package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DataSizeTest {
  @Test
  void readsEveryKubernetesUnit() {
    Map.ofEntries(
            Map.entry("0", 0L),
            Map.entry("1", 1L),
            Map.entry("4096", 4096L),
            Map.entry("512Ki", 512L << 10),
            Map.entry("4Mi", 4L << 20),
            Map.entry("200Gi", 200L << 30),
            Map.entry("2Ti", 2L << 40),
            Map.entry("3Pi", 3L << 50),
            Map.entry("1Ei", 1L << 60),
            Map.entry("1k", 1_000L),
            Map.entry("20M", 20_000_000L),
            Map.entry("20G", 20_000_000_000L),
            Map.entry("1T", 1_000_000_000_000L),
            Map.entry("1P", 1_000_000_000_000_000L),
            Map.entry("2E", 2_000_000_000_000_000_000L),
            Map.entry("1.5Gi", 3L << 29),
            Map.entry("1e9", 1_000_000_000L),
            Map.entry("12E3", 12_000L),
            Map.entry("0.1", 1L),
            Map.entry("9223372036854775807", Long.MAX_VALUE))
        .forEach(
            (text, bytes) ->
                assertThat(DataSize.parse(text)).as(text).isEqualTo(new DataSize(bytes)));
  }

  @Test
  void saysWhatToWrite_whenTextIsNoSize() {
    for (String text :
        List.of(
            "", "Gi", "4 Mi", "4mi", "4MiB", "-1", "1.2.3", "1e", "1e99", "0x10", "500m", "∞")) {
      assertThatThrownBy(() -> DataSize.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"" + text + "\"")
          .hasMessageContaining("Ki, Mi, Gi");
    }
  }

  @Test
  void refusesMoreThanALongHolds() {
    assertThatThrownBy(() -> DataSize.parse("8Ei")).hasMessageContaining("above the largest size");
    assertThatThrownBy(() -> DataSize.parse("9".repeat(40)))
        .hasMessageContaining("above the largest size");
  }

  @Test
  void printsTheShortestExactQuantity() {
    assertThat(DataSize.ofMebibytes(4)).hasToString("4Mi");
    assertThat(DataSize.ofGibibytes(20)).hasToString("20Gi");
    assertThat(DataSize.ofKibibytes(1536)).hasToString("1536Ki");
    assertThat(new DataSize(1000)).hasToString("1000");
    assertThat(new DataSize(0)).hasToString("0");
    assertThat(new DataSize(1L << 60)).hasToString("1Ei");
  }
}
