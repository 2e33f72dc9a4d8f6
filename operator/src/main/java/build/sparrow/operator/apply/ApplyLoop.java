package build.sparrow.operator.apply;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices that somebody undoes what we write: an object that is applied over and over although it
 * should be the same. Then it holds back, so that the fight costs three writes a minute and not a
 * hundred a second.
 */
final class ApplyLoop {
  static final int MAX_WRITES = 3;
  static final Duration WINDOW = Duration.ofSeconds(60);

  private final Map<String, Writes> written = new HashMap<>();

  private record Writes(String hash, List<Instant> times, @Nullable Instant heldBack) {
    /** As they are now that the older ones no longer count. */
    Writes since(Instant horizon) {
      return new Writes(
          hash, times.stream().filter(time -> !time.isBefore(horizon)).toList(), heldBack);
    }
  }

  /** Whether the object may be written now; if so, it is counted. */
  synchronized boolean admit(String object, String hash, Instant now) {
    Instant horizon = now.minus(WINDOW);
    written.replaceAll((any, writes) -> writes.since(horizon));
    written.values().removeIf(writes -> writes.times().isEmpty());
    Writes before = written.get(object);
    List<Instant> times =
        before == null || !before.hash().equals(hash) ? List.of() : before.times();
    if (times.size() >= MAX_WRITES) {
      written.put(object, new Writes(hash, times, now));
      return false;
    }
    List<Instant> more = new ArrayList<>(times);
    more.add(now);
    written.put(object, new Writes(hash, more, null));
    return true;
  }

  /** Whether the object was held back within the last minute. */
  synchronized boolean holdsBack(String object, Instant now) {
    Writes writes = written.get(object);
    return writes != null
        && writes.heldBack() != null
        && writes.heldBack().isAfter(now.minus(WINDOW));
  }
}
