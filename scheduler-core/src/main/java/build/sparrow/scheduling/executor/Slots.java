package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this executor holds: the one place that knows how many slots are free. */
final class Slots {
  private final int slots;
  private final Map<AttemptId, Attempt> held = new LinkedHashMap<>();

  Slots(int slots) {
    this.slots = slots;
  }

  /** Slots that a new attempt could take; none while an attempt runs, or waits to run, alone. */
  int free() {
    int taken = 0;
    for (Attempt attempt : held.values()) {
      if (attempt.holdsSlot()) {
        if (attempt.alone) {
          return 0;
        }
        taken++;
      }
    }
    return slots - taken;
  }

  boolean running() {
    return held.values().stream().anyMatch(Attempt::holdsSlot);
  }

  boolean empty() {
    return held.isEmpty();
  }

  void add(Attempt attempt) {
    held.put(attempt.id, attempt);
  }

  void remove(Attempt attempt) {
    held.remove(attempt.id);
  }

  @Nullable Attempt find(AttemptId id) {
    return held.get(id);
  }

  /** The attempt, if it is held for this frontend: nobody decides on another's attempts. */
  @Nullable Attempt find(AttemptId id, FrontendId owner) {
    Attempt attempt = held.get(id);
    return attempt != null && attempt.owner.equals(owner) ? attempt : null;
  }

  /** The attempt that waits to run alone, once nothing else holds a slot. */
  Optional<Attempt> readyToRunAlone() {
    List<Attempt> holding = held.values().stream().filter(Attempt::holdsSlot).toList();
    return holding.size() == 1 && holding.getFirst().state instanceof Attempt.State.Waiting
        ? Optional.of(holding.getFirst())
        : Optional.empty();
  }

  /** All that is held, in the order of admission; a copy, so that the caller may remove. */
  List<Attempt> all() {
    return List.copyOf(held.values());
  }

  List<Attempt> of(FrontendId owner) {
    return held.values().stream().filter(attempt -> attempt.owner.equals(owner)).toList();
  }

  Collection<Attempt> view() {
    return held.values();
  }
}
