package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import build.bazel.remote.execution.v2.Platform;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlatformKeyTest {
  private static Platform platform(String... namesAndValues) {
    Platform.Builder platform = Platform.newBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      platform.addPropertiesBuilder().setName(namesAndValues[i]).setValue(namesAndValues[i + 1]);
    }
    return platform.build();
  }

  @Test
  void equalPlatformsHaveEqualKeys_whateverTheirOrder() {
    PlatformKey key = PlatformKey.parse(platform("cpu", "x86_64", "OSFamily", "linux"));

    assertThat(key)
        .isEqualTo(PlatformKey.parse(platform("OSFamily", "linux", "cpu", "x86_64")))
        .isEqualTo(PlatformKey.of(Map.of("cpu", "x86_64", "OSFamily", "linux")))
        .hasToString("OSFamily=linux,cpu=x86_64");
    assertThat(key.toProto()).isEqualTo(platform("OSFamily", "linux", "cpu", "x86_64"));
  }

  @Test
  void aRepeatedPairCountsOnce_andANameKeepsAllItsValues() {
    assertThat(PlatformKey.parse(platform("a", "2", "a", "1", "a", "2"))).hasToString("a=1,a=2");
  }

  @Test
  void namesAreSortedByCodePoint() {
    // U+FF5E sorts before U+1F600 by code point, after it by UTF-16.
    assertThat(PlatformKey.parse(platform("\ud83d\ude00", "", "\uff5e", "")))
        .hasToString("\uff5e=,\ud83d\ude00=");
  }

  @Test
  void noPropertiesIsAPlatformToo() {
    assertThat(PlatformKey.parse(Platform.getDefaultInstance()))
        .isEqualTo(PlatformKey.ANY)
        .hasToString("");
  }

  @Test
  void malformedPropertiesAreRefused() {
    assertRejected(() -> PlatformKey.parse(platform("", "linux")), "\"linux\"", "empty name");
    assertRejected(
        () -> PlatformKey.parse(platform("a", "x".repeat(4097))), "\"a\"", "4097", "4096");
    String[] many = new String[2 * 257];
    java.util.Arrays.fill(many, "x");
    assertRejected(() -> PlatformKey.parse(platform(many)), "257 properties", "256");
    assertThatIllegalArgumentException().isThrownBy(() -> new PlatformKey.Property("", "x"));
  }
}
