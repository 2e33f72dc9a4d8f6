package build.sparrow.operator.autoscale;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.AutoscalingSpec.Schedule;
import build.sparrow.crds.CronTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which of a pool's schedules holds. */
final class Schedules {
  private Schedules() {}

  /** The fewest executors now: of the schedule that began last, or of the spec if there is none. */
  static int minReplicas(AutoscalingSpec spec, Instant now) {
    int fewest = spec.minReplicas();
    Instant latest = Instant.MIN;
    for (Schedule schedule : spec.schedules()) {
      Instant began = began(schedule, now).orElse(Instant.MIN);
      // Of two that begin together the one further down holds.
      if (began.isAfter(Instant.MIN) && !began.isBefore(latest)) {
        fewest = schedule.minReplicas();
        latest = began;
      }
    }
    return fewest;
  }

  /** When it began last; empty for one that never did, or that nobody can read. */
  private static Optional<Instant> began(Schedule schedule, Instant now) {
    try {
      ZoneRules rules = ZoneId.of(schedule.timeZone()).getRules();
      return CronTime.parse(schedule.cron())
          .lastUntil(clock(rules, now))
          .map(time -> instant(rules, time));
    } catch (DateTimeException | IllegalArgumentException e) {
      // Such a spec is refused. Where it was not, a pool without this minimum is better than none.
      return Optional.empty();
    }
  }

  /**
   * The latest time that clocks have shown until now. While an hour of autumn comes for the second
   * time, it is the end of that hour: what began in it does not begin again.
   */
  private static LocalDateTime clock(ZoneRules rules, Instant now) {
    LocalDateTime shown = LocalDateTime.ofInstant(now, rules.getOffset(now));
    @Nullable ZoneOffsetTransition last = rules.previousTransition(now.plusNanos(1));
    return last != null && last.isOverlap() && shown.isBefore(last.getDateTimeBefore())
        ? last.getDateTimeBefore().minusNanos(1)
        : shown;
  }

  /** When clocks first showed a time, or skipped it in spring. */
  private static Instant instant(ZoneRules rules, LocalDateTime time) {
    @Nullable ZoneOffsetTransition change = rules.getTransition(time);
    return change != null && change.isGap()
        ? change.getInstant()
        : time.toInstant(rules.getOffset(time));
  }
}
