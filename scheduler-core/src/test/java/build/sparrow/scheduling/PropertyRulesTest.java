package build.sparrow.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PropertyRulesTest {
  private static final PropertyRules RULES =
      new PropertyRules(
          Map.of(
              "cpu", PropertyMatch.MINIMUM,
              "memory", PropertyMatch.MINIMUM,
              "container-image", PropertyMatch.ANY,
              "cache-silo", PropertyMatch.IGNORE),
          Map.of());

  private static final Label LINUX = new Label("OSFamily", "linux");
  private static final Label ARM = new Label("arch", "arm64");
  private static final Label X86 = new Label("arch", "x86_64");

  private static Traits read(Label... labels) {
    return RULES.read(Platform.of(labels));
  }

  private static Label cpu(String amount) {
    return new Label("cpu", amount);
  }

  @Test
  void anExactPropertyIsOfferedOrNot() {
    Traits offered = read(LINUX, ARM, X86);

    assertThat(offered.meets(read())).isTrue();
    assertThat(offered.meets(read(ARM))).isTrue();
    assertThat(offered.meets(read(X86, LINUX))).isTrue();
    assertThat(read(LINUX).meets(read(ARM))).isFalse();
  }

  @Test
  void aMinimumIsMetByAsMuchOrMore() {
    assertThat(read(cpu("16")).meets(read(cpu("16")))).isTrue();
    assertThat(read(cpu("16")).meets(read(cpu("500m")))).isTrue();
    assertThat(read(cpu("16")).meets(read(cpu("16001m")))).isFalse();
    assertThat(read().meets(read(cpu("1")))).isFalse();
  }

  @Test
  void ofSeveralAmountsTheLargestCounts() {
    assertThat(read(cpu("4")).meets(read(cpu("2"), cpu("8")))).isFalse();
  }

  @Test
  void anyValueOfAnOfferedNameWillDo() {
    Traits offered = read(new Label("container-image", "*"));

    assertThat(offered.meets(read(new Label("container-image", "docker://a")))).isTrue();
    assertThat(read(LINUX).meets(read(new Label("container-image", "docker://a")))).isFalse();
  }

  @Test
  void anIgnoredNameIsNotLookedAt() {
    assertThat(read().meets(read(new Label("cache-silo", "7")))).isTrue();
  }

  @Test
  void actionsThatDifferInNothingThatCountsAskForTheSame() {
    assertThat(read(cpu("2000m"), new Label("cache-silo", "1"), new Label("container-image", "a")))
        .isEqualTo(read(cpu("2"), new Label("cache-silo", "2"), new Label("container-image", "b")));
    assertThat(read(cpu("2"))).isNotEqualTo(read(cpu("3")));
  }

  @Test
  void whatIsNoAmountCanOnlyBeEqual() {
    assertThat(read(cpu("x86_64")).meets(read(cpu("x86_64")))).isTrue();
    assertThat(read(cpu("16")).meets(read(cpu("x86_64")))).isFalse();
  }

  @Test
  void saysWhatIsLacking() {
    assertThat(read(LINUX, cpu("16")).lacking(read(cpu("64"), ARM, LINUX)))
        .containsExactly(
            new LabelDifference("arch", "arm64", false, List.of()),
            new LabelDifference("cpu", "64", true, List.of("16")));
  }

  @Test
  void whoCanDoLeastComesBeforeAllThatCanDoAsMuch() {
    Traits plain = read(LINUX);
    Traits small = read(LINUX, cpu("4"));
    Traits large = read(LINUX, cpu("16"));
    Traits both = read(LINUX, cpu("16"), ARM);
    List<Traits> pools = new ArrayList<>(List.of(both, large, plain, small));

    pools.sort(Traits.FEWEST_ABILITIES);

    assertThat(pools).containsExactly(plain, small, large, both);
  }
}
