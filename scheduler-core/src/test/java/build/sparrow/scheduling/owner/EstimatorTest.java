package build.sparrow.scheduling.owner;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.Origin;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class EstimatorTest {
  private static final Percentage A_BUCKET = Percentage.withPercentage(13);

  private final Estimator estimator = new Estimator();

  private static Origin of(String mnemonic, String target) {
    return new Origin("tenant", "build", mnemonic, target);
  }

  private void observe(Origin origin, Duration duration, int times) {
    for (int each = 0; each < times; each++) {
      estimator.observe(origin, duration.toNanos());
    }
  }

  @Test
  void predictsFromTheTarget_whenItIsKnown() {
    observe(of("Test", "//a:slow"), Duration.ofSeconds(90), 3);
    observe(of("Test", "//a:quick"), Duration.ofMillis(100), 30);

    assertThat(estimator.medianNanos(of("Test", "//a:slow")))
        .isCloseTo(Duration.ofSeconds(90).toNanos(), A_BUCKET);
  }

  @Test
  void predictsFromThePackageThenTheKind_whenTheTargetIsNew() {
    observe(of("Test", "//a:slow"), Duration.ofSeconds(90), 3);
    observe(of("Test", "//b:quick"), Duration.ofMillis(100), 30);

    assertThat(estimator.medianNanos(of("Test", "//a:new")))
        .isCloseTo(Duration.ofSeconds(90).toNanos(), A_BUCKET);
    assertThat(estimator.medianNanos(of("Test", "//c:new")))
        .isCloseTo(Duration.ofMillis(100).toNanos(), A_BUCKET);
  }

  @Test
  void kindIsNotTakenForTheTargetThatRanLast() {
    for (int target = 0; target < 200; target++) {
      observe(of("Test", "//a:quick" + target), Duration.ofMillis(100), 1);
    }
    observe(of("Test", "//b:slow"), Duration.ofSeconds(90), 100);

    assertThat(estimator.medianNanos(of("Test", "//c:new")))
        .isCloseTo(Duration.ofMillis(100).toNanos(), A_BUCKET);
  }

  @Test
  void whatRanLongerThanMostOfItsLikeIsExpectedToGoOn() {
    observe(of("Test", "//a:b"), Duration.ofSeconds(10), 30);
    observe(of("Test", "//a:b"), Duration.ofMinutes(5), 10);
    long grace = Duration.ofSeconds(25).toNanos();

    assertThat(chanceToOutlast(of("Test", "//a:b"), Duration.ofSeconds(1), grace))
        .isCloseTo(0.25, Offset.offset(0.1));
    assertThat(chanceToOutlast(of("Test", "//a:b"), Duration.ofSeconds(100), grace))
        .isGreaterThan(0.9);
    assertThat(
            estimator.chanceToOutlast(
                of("Unseen", "//a:b"), Duration.ofSeconds(1).toNanos(), grace))
        .isEmpty();
  }

  @Test
  void oneLongRunOfATargetDoesNotMakeTheNextOneLong() {
    observe(of("Test", "//a:quick"), Duration.ofSeconds(10), 30);
    observe(of("Test", "//a:quick"), Duration.ofMinutes(5), 1);
    observe(of("Test", "//a:other"), Duration.ofSeconds(105), 30);
    long grace = Duration.ofSeconds(25).toNanos();

    assertThat(chanceToOutlast(of("Test", "//a:quick"), Duration.ofSeconds(100), grace))
        .isLessThan(0.5);
  }

  private double chanceToOutlast(Origin origin, Duration elapsed, long moreNanos) {
    return estimator.chanceToOutlast(origin, elapsed.toNanos(), moreNanos).orElseThrow();
  }

  @Test
  void believesNewSamplesOverManyOldOnes() {
    observe(of("Link", "//a:b"), Duration.ofSeconds(1), 1_000);
    observe(of("Link", "//a:b"), Duration.ofSeconds(20), 60);

    assertThat(estimator.medianNanos(of("Link", "//a:b")))
        .isCloseTo(Duration.ofSeconds(20).toNanos(), A_BUCKET);
  }
}
