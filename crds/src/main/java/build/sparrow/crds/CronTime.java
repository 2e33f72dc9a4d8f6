package build.sparrow.crds;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A time that comes again, as crontab(5) has it: minute, hour, day of month, month, day of week.
 * Where both days are given, either will do. It knows no time zone, only what a clock shows.
 */
public final class CronTime {
  private static final LocalDateTime A_LEAP_DAY_BEFORE = LocalDateTime.of(2024, 12, 31, 23, 59);

  private final ExecutionTime times;

  private CronTime(ExecutionTime times) {
    this.times = times;
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with advice for people, if it is none or never comes
   */
  public static CronTime parse(String text) {
    CronTime time;
    try {
      Cron cron =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(text);
      time = new CronTime(ExecutionTime.forCron(cron));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a time: %s; give minute, hour, day of month, month and day of week, as 0 7 * * 1-5"
              .formatted(reason(e)),
          e);
    }
    if (time.lastUntil(A_LEAP_DAY_BEFORE).isEmpty()) {
      throw new IllegalArgumentException(
          "a day that no month has; give a day of month that is in the month");
    }
    return time;
  }

  /** The latest of the times that are not after what the clock shows; empty if there was none. */
  public Optional<LocalDateTime> lastUntil(LocalDateTime clock) {
    // A minute has begun at its first second, and cron-utils looks only before what it is given.
    ZonedDateTime end =
        clock.truncatedTo(ChronoUnit.MINUTES).plusSeconds(59).atZone(ZoneOffset.UTC);
    return times.lastExecution(end).map(ZonedDateTime::toLocalDateTime);
  }

  /** What cron-utils says, without the words that it puts before. */
  private static String reason(IllegalArgumentException e) {
    String message = e.getMessage() == null ? "unreadable" : e.getMessage();
    return message
        .replaceFirst("^Failed to parse cron expression\\.\\s*", "")
        .replaceFirst("[.!]$", "");
  }
}
