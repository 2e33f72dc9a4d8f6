package build.sparrow.operator.autoscale;

import static build.sparrow.operator.autoscale.TestSpec.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.AutoscalingSpec.Schedule;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Which schedule holds, in the time zones that people have. */
final class SchedulesTest {
  private static final Schedule DAY = new Schedule("0 7 * * 1-5", "Europe/Zurich", 20);
  private static final Schedule NIGHT = new Schedule("0 19 * * *", "Europe/Zurich", 2);

  @Test
  void withoutAScheduleTheSpecHolds() {
    check(5, "2026-03-02T12:00:00Z");
  }

  @Test
  void scheduleThatBeganLastHolds() {
    // A Monday, an hour behind Zurich.
    check(2, "2026-03-02T05:59:59Z", DAY, NIGHT);
    check(20, "2026-03-02T06:00:00Z", DAY, NIGHT);
    check(20, "2026-03-02T17:59:59Z", NIGHT, DAY);
    check(2, "2026-03-02T18:00:00Z", NIGHT, DAY);
    check(2, "2026-03-07T12:00:00Z", DAY, NIGHT);
  }

  @Test
  void schedulesOfSeveralZonesAreOrderedByWhenTheyBegan() {
    Schedule zurich = new Schedule("0 7 * * *", "Europe/Zurich", 8);
    Schedule tokyo = new Schedule("0 7 * * *", "Asia/Tokyo", 9);
    Schedule kathmandu = new Schedule("0 7 * * *", "Asia/Kathmandu", 7);
    check(8, "2026-03-02T06:00:00Z", tokyo, zurich, kathmandu);
    check(9, "2026-03-02T22:00:00Z", tokyo, zurich, kathmandu);
    check(9, "2026-03-03T01:14:00Z", tokyo, zurich, kathmandu);
    check(7, "2026-03-03T01:15:00Z", tokyo, zurich, kathmandu);
  }

  @Test
  void ofTwoThatBeginTogetherTheOneFurtherDownHolds() {
    check(
        2,
        "2026-03-02T12:00:00Z",
        new Schedule("0 7 * * *", "UTC", 9),
        new Schedule("0 7 * * *", "UTC", 2));
  }

  @Test
  void summerTimeMovesASchedule() {
    check(2, "2026-07-01T04:59:59Z", DAY, NIGHT);
    check(20, "2026-07-01T05:00:00Z", DAY, NIGHT);
  }

  @Test
  void timeThatSpringSkipsBeginsWhenClocksAreAdvanced() {
    Schedule skipped = new Schedule("30 2 * * *", "Europe/Zurich", 9);
    Schedule before = new Schedule("59 1 * * *", "Europe/Zurich", 3);
    Schedule after = new Schedule("15 3 * * *", "Europe/Zurich", 4);
    check(3, "2026-03-29T00:59:59Z", skipped, after, before);
    check(9, "2026-03-29T01:00:00Z", skipped, after, before);
    check(9, "2026-03-29T01:14:59Z", skipped, after, before);
    check(4, "2026-03-29T01:15:00Z", skipped, after, before);
  }

  @Test
  void timeThatAutumnRepeatsBeginsOnce() {
    Schedule twice = new Schedule("30 2 * * *", "Europe/Zurich", 9);
    Schedule later = new Schedule("45 2 * * *", "Europe/Zurich", 3);
    Schedule after = new Schedule("0 3 * * *", "Europe/Zurich", 4);
    check(4, "2026-10-25T00:29:59Z", twice, later, after);
    check(9, "2026-10-25T00:30:00Z", twice, later, after);
    check(3, "2026-10-25T00:45:00Z", twice, later, after);
    check(3, "2026-10-25T01:00:00Z", twice, later, after);
    check(3, "2026-10-25T01:30:00Z", twice, later, after);
    check(3, "2026-10-25T01:59:59Z", twice, later, after);
    check(4, "2026-10-25T02:00:00Z", twice, later, after);
  }

  @Test
  void scheduleThatNobodyCanReadIsNone() {
    check(5, "2026-03-02T12:00:00Z", new Schedule("0 7 * * *", "Mars/Olympus", 9));
    check(5, "2026-03-02T12:00:00Z", new Schedule("0 7 * * *", "no zone", 9));
    check(5, "2026-03-02T12:00:00Z", new Schedule("at seven", "UTC", 9));
    check(5, "2026-03-02T12:00:00Z", new Schedule("0 7 31 2 *", "UTC", 9));
    check(3, "2026-03-02T12:00:00Z", new Schedule("", "", 9), new Schedule("0 7 * * *", "UTC", 3));
  }

  private static void check(int expected, String now, Schedule... schedules) {
    assertThat(
            Schedules.minReplicas(
                PLAIN.bounds(5, 10).schedules(schedules).spec(), Instant.parse(now)))
        .as(now)
        .isEqualTo(expected);
  }
}
