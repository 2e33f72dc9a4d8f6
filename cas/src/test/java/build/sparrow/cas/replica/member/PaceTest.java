package build.sparrow.cas.replica.member;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  private long now = 5;
  private final Pace pace = new Pace(1_000, () -> now);

  @Test
  void whoMovesMoreThanTheRateWaits_andWhoWasIdleSavesNothingUp() {
    assertThat(pace.reserve(2_000)).isZero();
    assertThat(pace.reserve(500)).isEqualTo(2 * SECOND);
    assertThat(pace.reserve(0)).isEqualTo(5 * SECOND / 2);

    now += 60 * SECOND;

    assertThat(pace.reserve(1_000)).isZero();
    assertThat(pace.reserve(1)).isEqualTo(SECOND);
  }
}
