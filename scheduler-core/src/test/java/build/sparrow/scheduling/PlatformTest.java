package build.sparrow.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class PlatformTest {
  private static final Label LINUX = new Label("OSFamily", "linux");
  private static final Label X86 = new Label("cpu", "x86_64");
  private static final Label ARM = new Label("cpu", "arm64");

  @Test
  void aNameMayHaveSeveralValues() {
    Platform platform = Platform.of(LINUX, X86, ARM);

    assertThat(platform.values("cpu")).containsExactly("arm64", "x86_64");
  }

  @Test
  void orderAndRepetitionMakeNoDifference() {
    assertThat(Platform.of(X86, LINUX, X86)).isEqualTo(Platform.of(LINUX, X86));
    assertThat(Platform.of(X86, LINUX)).hasToString("OSFamily=linux,cpu=x86_64");
  }

  @Test
  void refusesIdsThatNameNothing() {
    assertThatThrownBy(() -> new ActionId(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The action id is blank; it needs at least one character");
    assertThatThrownBy(() -> new AttemptId("e", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The attempt counter is 0; it must be at least 1");
  }
}
