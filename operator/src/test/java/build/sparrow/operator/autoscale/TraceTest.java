package build.sparrow.operator.autoscale;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is remembered of a number, and how little it takes. */
final class TraceTest {
  private static final Instant START = Instant.parse("2026-03-02T12:00:00Z");

  @Test
  void stepHoldsUntilTheNext() {
    Trace trace = Trace.EMPTY;
    trace = trace.with(at(0), 5, Duration.ofSeconds(60));
    trace = trace.with(at(10), 9, Duration.ofSeconds(60));
    trace = trace.with(at(20), 2, Duration.ofSeconds(60));
    trace = trace.with(at(30), 2, Duration.ofSeconds(60));

    assertThat(trace.at(at(-5)).lowest()).isEqualTo(5);
    assertThat(trace.at(at(9)).lowest()).isEqualTo(5);
    assertThat(trace.at(at(10)).lowest()).isEqualTo(9);
    assertThat(trace.at(at(99)).lowest()).isEqualTo(2);
    assertThat(trace.highestSince(at(19))).isEqualTo(9);
    assertThat(trace.highestSince(at(20))).isEqualTo(2);
    assertThat(trace.lowestSince(at(0))).isEqualTo(2);
    assertThat(trace.steps()).hasSize(3);
  }

  @Test
  void whatNobodyWillLookAtIsForgotten() {
    Trace trace = Trace.EMPTY;
    for (int i = 0; i < 50; i++) {
      trace = trace.with(at(i), i, Duration.ofSeconds(10));
    }

    assertThat(trace.steps()).hasSize(11);
    assertThat(trace.lowestSince(at(39))).isEqualTo(39);
  }

  @Test
  void clockThatIsSetBackDisturbsNothing() {
    Trace trace =
        Trace.EMPTY
            .with(at(100), 5, Duration.ofSeconds(60))
            .with(at(50), 9, Duration.ofSeconds(60))
            .with(at(101), 2, Duration.ofSeconds(60));

    assertThat(trace.steps()).isSortedAccordingTo((a, b) -> a.from().compareTo(b.from()));
    assertThat(trace.highestSince(at(50))).isEqualTo(9);
    assertThat(trace.at(at(100)).highest()).isEqualTo(9);
  }

  @Test
  void ofManyChangesFewStepsAreKept_whichNeverSayLessThanWasSo() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      Duration keep = Duration.ofHours(1);
      Trace trace = Trace.EMPTY;
      TreeMap<Instant, Integer> all = new TreeMap<>();
      Instant now = START;
      for (int i = 0; i < 5000; i++) {
        now = now.plusMillis(1 + random.nextInt(2000));
        int number = random.nextInt(1000);
        trace = trace.with(now, number, keep);
        all.put(now, number);
        Instant time = now.minusSeconds(random.nextInt(3600));
        if (time.isBefore(START.plusSeconds(2))) {
          continue;
        }

        int was = requireNonNull(all.floorEntry(time)).getValue();
        String replay = "seed %d, change %d".formatted(seed, i);
        assertThat(trace.steps()).as(replay).hasSizeLessThanOrEqualTo(Trace.MAX_STEPS);
        assertThat(was).as(replay).isBetween(trace.at(time).lowest(), trace.at(time).highest());
        assertThat(trace.at(now).lowest()).as(replay).isEqualTo(number);
        assertThat(trace.at(now).highest()).as(replay).isEqualTo(number);
        int least = Collections.min(all.tailMap(requireNonNull(all.floorKey(time))).values());
        int most = Collections.max(all.tailMap(requireNonNull(all.floorKey(time))).values());
        assertThat(trace.lowestSince(time)).as(replay).isLessThanOrEqualTo(least);
        assertThat(trace.highestSince(time)).as(replay).isGreaterThanOrEqualTo(most);
      }
    }
  }

  @Test
  void whatIsJoinedIsForgottenHardlyLaterThanItWouldBe() {
    Trace trace = Trace.EMPTY;
    for (int i = 0; i < 600; i++) {
      trace = trace.with(at(i), i % 7, Duration.ofHours(1));
    }
    trace = trace.with(at(600), 100, Duration.ofHours(1));
    for (int i = 601; i <= 4300; i++) {
      trace = trace.with(at(i), i % 7, Duration.ofHours(1));
      if (i <= 4200) {
        assertThat(trace.highestSince(at(i - 3600))).as("after %d s", i).isEqualTo(100);
      }
    }

    assertThat(trace.highestSince(at(4300 - 3600))).isLessThan(100);
  }

  private static Instant at(int seconds) {
    return START.plusSeconds(seconds);
  }
}
