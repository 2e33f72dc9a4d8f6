package build.sparrow.cas.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private long nowNanos;
  private final Breaker breaker = new Breaker(() -> nowNanos);

  private void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed();
    }
  }

  @Test
  void aFewFailuresAreForgiven_asLongAsACallBetweenThemSucceeds() {
    fail(Breaker.FAILURES - 1);
    breaker.succeeded();
    fail(Breaker.FAILURES - 1);

    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.isAvailable()).isTrue();
  }

  @Test
  void afterSoManyInARowNobodyAsks_andThenOneDoesOnceAPause() {
    fail(Breaker.FAILURES - 1);
    assertThat(breaker.failed()).as("the one that it takes").isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(breaker.failed()).as("one that was under way").isFalse();
    }

    assertThat(breaker.allows()).isFalse();
    pass(Breaker.FIRST_PAUSE);
    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.allows()).as("a second one at the same time").isFalse();
    assertThat(breaker.isAvailable()).isFalse();
  }

  @Test
  void pausesGrowUpToALimit() {
    fail(Breaker.FAILURES);
    Duration pause = Breaker.FIRST_PAUSE;
    for (int i = 0; i < 10; i++) {
      pass(pause);
      assertThat(breaker.allows()).as("after %s", pause).isTrue();
      breaker.failed();
      pause = pause.multipliedBy(2);
      if (pause.compareTo(Breaker.LONGEST_PAUSE) > 0) {
        pause = Breaker.LONGEST_PAUSE;
      }
      pass(pause.minusNanos(1));
      assertThat(breaker.allows()).as("before %s", pause).isFalse();
      pass(Duration.ofNanos(1).minus(pause));
    }
    assertThat(pause).isEqualTo(Breaker.LONGEST_PAUSE);
  }

  @Test
  void oneSuccessOpensAllDoors() {
    fail(Breaker.FAILURES);
    pass(Breaker.FIRST_PAUSE);
    assertThat(breaker.allows()).isTrue();
    breaker.succeeded();

    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.allows()).isTrue();
    assertThat(breaker.isAvailable()).isTrue();
  }
}
