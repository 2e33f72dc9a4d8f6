package build.sparrow.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conditions of a resource, in the order in which they were first set. A condition keeps the
 * time of its last transition for as long as its status stays the same; one that is not set again
 * stays as it was.
 */
public final class Conditions {
  static final int MAX_MESSAGE_BYTES = 2048;

  private static final String CUT = "…";

  private final Map<String, Condition> conditions;
  private final long generation;
  private final Instant now;

  private Conditions(Map<String, Condition> conditions, long generation, Instant now) {
    this.conditions = conditions;
    this.generation = generation;
    this.now = now;
  }

  /**
   * Those that were.
   *
   * @param generation of the spec that what is set from now on is about
   */
  public static Conditions of(List<Condition> before, long generation, Instant now) {
    Map<String, Condition> conditions = new LinkedHashMap<>();
    before.forEach(condition -> conditions.put(condition.getType(), condition));
    return new Conditions(conditions, generation, now.truncatedTo(ChronoUnit.SECONDS));
  }

  /**
   * With the condition as it is now.
   *
   * @param reason in CamelCase
   * @param message that names the next step where there is one; cut at 2 KiB
   */
  public Conditions set(ConditionType type, boolean holds, String reason, String message) {
    return set(type, holds ? "True" : "False", reason, message);
  }

  /** With a condition of which nobody can say whether it holds. */
  public Conditions setUnknown(ConditionType type, String reason, String message) {
    return set(type, "Unknown", reason, message);
  }

  private Conditions set(ConditionType type, String status, String reason, String message) {
    Condition before = conditions.get(type.word());
    Condition condition = new Condition();
    condition.setType(type.word());
    condition.setStatus(status);
    condition.setReason(reason);
    condition.setMessage(cut(message));
    condition.setObservedGeneration(generation);
    condition.setLastTransitionTime(
        before != null && status.equals(before.getStatus())
            ? before.getLastTransitionTime()
            : now.toString());
    Map<String, Condition> changed = new LinkedHashMap<>(conditions);
    changed.put(type.word(), condition);
    return new Conditions(changed, generation, now);
  }

  /** The condition of that type, if it was ever set. */
  public Optional<Condition> get(ConditionType type) {
    return Optional.ofNullable(conditions.get(type.word()));
  }

  /** Whether the condition is true. */
  public boolean holds(ConditionType type) {
    return get(type).filter(condition -> condition.getStatus().equals("True")).isPresent();
  }

  public List<Condition> list() {
    return List.copyOf(conditions.values());
  }

  /** At most 2 KiB of UTF-8, without half a character at its end. */
  static String cut(String message) {
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_MESSAGE_BYTES) {
      return message;
    }
    int end = MAX_MESSAGE_BYTES - CUT.getBytes(StandardCharsets.UTF_8).length;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8) + CUT;
  }
}
