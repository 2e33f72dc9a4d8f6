package build.sparrow.scheduling.sim.compare;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whose inputs each executor holds: those of the targets that it ran last. */
final class InputCaches {
  private static final int TARGETS = 200;

  private record Target(int mnemonic, int number) {}

  private final Map<Integer, Map<Target, Boolean>> held = new HashMap<>();

  /** Whether the inputs are there; from now on they are. */
  boolean touch(int executor, Task.Facts facts) {
    return held.computeIfAbsent(
                executor,
                _ ->
                    new LinkedHashMap<>(16, 0.75f, true) {
                      @Override
                      protected boolean removeEldestEntry(Map.Entry<Target, Boolean> eldest) {
                        return size() > TARGETS;
                      }
                    })
            .put(new Target(facts.mnemonic(), facts.target()), true)
        != null;
  }
}
