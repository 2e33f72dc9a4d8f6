package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an owner must do by itself at a later time; those of one moment in the order in which they
 * were set.
 */
final class Alarms {
  /** What an alarm is for. */
  sealed interface Purpose {
    record EndSettling() implements Purpose {}

    record Abandon(OperationId operation) implements Purpose {}

    record Forget(OperationId operation) implements Purpose {}

    record EndTakeover(OperationId operation) implements Purpose {}

    record GiveUp(ExecutorId executor) implements Purpose {}

    record CheckSilence(ExecutorId executor) implements Purpose {}

    record Acknowledge() implements Purpose {}
  }

  record Alarm(long atNanos, long sequence, Purpose purpose) {}

  private final TreeSet<Alarm> pending =
      new TreeSet<>(Comparator.comparingLong(Alarm::atNanos).thenComparingLong(Alarm::sequence));
  private long sequence;

  Alarm set(long nowNanos, Duration delay, Purpose purpose) {
    return setAt(nowNanos + delay.toNanos(), purpose);
  }

  Alarm setAt(long atNanos, Purpose purpose) {
    Alarm alarm = new Alarm(atNanos, sequence++, purpose);
    pending.add(alarm);
    return alarm;
  }

  void cancel(@Nullable Alarm alarm) {
    if (alarm != null) {
      pending.remove(alarm);
    }
  }

  /** Takes the earliest alarm if it is due. */
  @Nullable Alarm pollDue(long nowNanos) {
    return !pending.isEmpty() && pending.getFirst().atNanos() <= nowNanos
        ? pending.pollFirst()
        : null;
  }

  OptionalLong next() {
    return pending.isEmpty() ? OptionalLong.empty() : OptionalLong.of(pending.getFirst().atNanos());
  }

  int size() {
    return pending.size();
  }
}
