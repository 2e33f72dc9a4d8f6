package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a time that comes again came last. */
final class CronTimeTest {
  @Test
  void lastTimeIsTheOneNotAfterTheClock() {
    // The first of March is a Sunday.
    checkLast("0 7 * * *", "2026-03-01T07:00", "2026-03-01T07:00");
    checkLast("0 7 * * *", "2026-03-01T07:00:30", "2026-03-01T07:00");
    checkLast("0 7 * * *", "2026-03-01T06:59:59", "2026-02-28T07:00");
    checkLast("0 7 * * 1-5", "2026-03-01T12:00", "2026-02-27T07:00");
    checkLast("0 7 * * MON-FRI", "2026-03-01T12:00", "2026-02-27T07:00");
    checkLast("0 7 * * 0", "2026-03-03T12:00", "2026-03-01T07:00");
    checkLast("0 7 * * 7", "2026-03-03T12:00", "2026-03-01T07:00");
    checkLast("30 18 1 JAN *", "2026-03-03T12:00", "2026-01-01T18:30");
    checkLast("0 7 29 2 *", "2026-03-03T12:00", "2024-02-29T07:00");
    checkLast("*/20 9-17/4 * * *", "2026-03-03T23:00", "2026-03-03T17:40");
    checkLast("0 7 13 * 5", "2026-03-12T12:00", "2026-03-06T07:00");
    checkLast("0 7 13 * 5", "2026-03-15T12:00", "2026-03-13T07:00");
  }

  private static void checkLast(String cron, String clock, String last) {
    assertThat(CronTime.parse(cron).lastUntil(LocalDateTime.parse(clock)))
        .as("%s at %s", cron, clock)
        .contains(LocalDateTime.parse(last));
  }

  @Test
  void lastTimeIsTheFirstThatASearchBackwardsFinds() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int minute = random.nextInt(60);
      int hour = random.nextInt(24);
      int day = 1 + random.nextInt(31);
      int weekday = random.nextInt(7);
      boolean anyDay = random.nextBoolean();
      boolean anyWeekday = random.nextBoolean();
      LocalDateTime clock =
          LocalDateTime.of(2024, 1, 1, 0, 0).plusMinutes(random.nextInt(4 * 365 * 24 * 60));
      String cron =
          "%d %d %s * %s"
              .formatted(minute, hour, anyDay ? "*" : day + "", anyWeekday ? "*" : weekday + "");

      LocalDateTime expected =
          IntStream.range(0, 100)
              .mapToObj(back -> clock.toLocalDate().minusDays(back).atTime(hour, minute))
              .filter(time -> !time.isAfter(clock))
              .filter(
                  time -> {
                    boolean day1 = time.getDayOfMonth() == day;
                    boolean day2 = time.getDayOfWeek().getValue() % 7 == weekday;
                    return (anyDay && anyWeekday) || (!anyDay && day1) || (!anyWeekday && day2);
                  })
              .findFirst()
              .orElseThrow();

      assertThat(CronTime.parse(cron).lastUntil(clock))
          .as("seed %d: %s at %s", seed, cron, clock)
          .contains(expected);
    }
  }

  @Test
  void timeThatNeverComesIsNone() {
    for (String cron : List.of("0 7 31 2 *", "0 7 30 2 *", "0 7 31 4,6,9,11 *")) {
      assertThatIllegalArgumentException()
          .as(cron)
          .isThrownBy(() -> CronTime.parse(cron))
          .withMessage("a day that no month has; give a day of month that is in the month");
    }
  }

  @Test
  void textThatIsNoTimeIsRefusedWithItsFault() {
    checkFault("99 7 * * *", "Value 99 not in range [0, 59]");
    checkFault("0 24 * * *", "Value 24 not in range [0, 23]");
    checkFault("0 7 0 * *", "Value 0 not in range [1, 31]");
    checkFault("0 7 * * 8", "Value 8 not in range [0, 7]");
    checkFault("0 7 * * 5-1", "Invalid range! [5,1]");
    checkFault("0 7 1, * *", "Invalid field value! Trailing commas not permitted! '1,'");
    checkFault("*/0 * * * *", "Period 0 not in range [0, 59]");
  }

  private static void checkFault(String cron, String fault) {
    assertThatIllegalArgumentException()
        .as(cron)
        .isThrownBy(() -> CronTime.parse(cron))
        .withMessage(
            "not a time: %s; give minute, hour, day of month, month and day of week, as 0 7 * *"
                + " 1-5",
            fault);
  }
}
