package build.sparrow.scheduling.executor;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this executor holds: the one place that knows what is free. */
final class Slots {
  private Resources capacity;
  private final Map<AttemptId, Attempt> held = new LinkedHashMap<>();

  Slots(int slots) {
    capacity = Resources.slots(slots);
  }

  void count(Map<String, Long> amounts) {
    capacity = new Resources(capacity.slots(), amounts);
  }

  Resources capacity() {
    return capacity;
  }

  /** What a new attempt could take; nothing while an attempt runs, or waits to run, alone. */
  Resources free() {
    Resources free = capacity;
    for (Attempt attempt : held.values()) {
      if (attempt.holdsSlot()) {
        if (attempt.alone) {
          return Resources.NONE;
        }
        free = free.minus(attempt.size);
      }
    }
    return free;
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
