package build.sparrow.operator.process;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Notices a deaf loop. Every farm and every pool is looked at each two minutes at the latest, also
 * if nothing happens and if a round fails; one that is not was lost by the loop, which only a new
 * start of the process brings back.
 */
final class Watchdog {
  /** Four rounds and the longest pause between retries. */
  static final Duration LIMIT = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final Map<Watched, Instant> lastRounds = new HashMap<>();

  /** A resource that the loop keeps. */
  record Watched(String controller, String namespace, String name) {
    @Override
    public String toString() {
      return controller + " " + namespace + "/" + name;
    }
  }

  Watchdog(InstantSource clock) {
    this.clock = clock;
  }

  /** A round for it has ended, well or not. */
  synchronized void ended(Watched resource) {
    lastRounds.put(resource, clock.instant());
  }

  /**
   * Which resource the loop has lost, if one.
   *
   * @param known those that are there now
   * @param leading whether it is for us to look at them
   */
  synchronized Optional<String> fault(Set<Watched> known, boolean leading) {
    Instant now = clock.instant();
    lastRounds.keySet().retainAll(known);
    if (!leading) {
      lastRounds.clear();
      return Optional.empty();
    }
    for (Watched resource : known) {
      Instant last = lastRounds.computeIfAbsent(resource, first -> now);
      if (Duration.between(last, now).compareTo(LIMIT) > 0) {
        return Optional.of(
            "%s has not been looked at for %d min"
                .formatted(resource, Duration.between(last, now).toMinutes()));
      }
    }
    return Optional.empty();
  }
}
