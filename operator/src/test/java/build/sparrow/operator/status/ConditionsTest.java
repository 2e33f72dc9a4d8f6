package build.sparrow.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConditionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
  private static final Instant LATER = NOON.plusSeconds(60);

  @Test
  void timeOfTransitionIsThatOfTheStatus_notOfReasonOrMessage() {
    List<Condition> noon =
        Conditions.of(List.of(), 1, NOON)
            .set(ConditionType.READY, false, "FrontendsStarting", "Wait.")
            .list();

    Condition same =
        only(
            Conditions.of(noon, 2, LATER)
                .set(ConditionType.READY, false, "ClaimPending", "Look at the claim."));
    Condition other =
        only(Conditions.of(noon, 2, LATER).set(ConditionType.READY, true, "AllReady", "Build."));

    assertThat(same.getLastTransitionTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(same.getReason()).isEqualTo("ClaimPending");
    assertThat(same.getObservedGeneration()).isEqualTo(2);
    assertThat(other.getLastTransitionTime()).isEqualTo("2026-01-01T12:01:00Z");
    assertThat(other.getStatus()).isEqualTo("True");
  }

  @Test
  void sameConditionsAreEqual_soThatNothingIsWritten() {
    List<Condition> noon =
        Conditions.of(List.of(), 1, NOON).set(ConditionType.READY, true, "AllReady", "Go.").list();

    assertThat(
            Conditions.of(noon, 1, LATER).set(ConditionType.READY, true, "AllReady", "Go.").list())
        .isEqualTo(noon);
  }

  @Test
  void orderAndOthersStay() {
    List<Condition> before =
        Conditions.of(List.of(), 1, NOON)
            .set(ConditionType.READY, true, "A", "a")
            .setUnknown(ConditionType.PAUSED, "B", "b")
            .list();

    Conditions after =
        Conditions.of(before, 2, LATER)
            .set(ConditionType.STALLED, false, "C", "c")
            .set(ConditionType.READY, true, "D", "d");

    assertThat(after.list())
        .extracting(Condition::getType)
        .containsExactly("Ready", "Paused", "Stalled");
    assertThat(after.get(ConditionType.PAUSED).orElseThrow().getStatus()).isEqualTo("Unknown");
    assertThat(after.holds(ConditionType.READY)).isTrue();
    assertThat(after.holds(ConditionType.PAUSED)).isFalse();
  }

  @Test
  void longMessageIsCutAtACharacter() {
    String message =
        only(Conditions.of(List.of(), 1, NOON)
                .set(ConditionType.READY, false, "X", "a" + "ü".repeat(2000)))
            .getMessage();

    assertThat(message.getBytes(StandardCharsets.UTF_8).length).isBetween(2040, 2048);
    assertThat(message).startsWith("aüü").endsWith("ü…").doesNotContain("\uFFFD");
  }

  private static Condition only(Conditions conditions) {
    assertThat(conditions.list()).hasSize(1);
    return conditions.list().getFirst();
  }
}
