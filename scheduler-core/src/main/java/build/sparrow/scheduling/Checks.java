package build.sparrow.scheduling;

/** Arguments that would break a state machine are refused where they enter. */
final class Checks {
  private Checks() {}

  static void notBlank(String what, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(
          "The " + what + " is blank; it needs at least one character");
    }
  }

  static void atLeast(String what, long value, long bound) {
    if (value < bound) {
      throw new IllegalArgumentException(
          "The " + what + " is " + value + "; it must be at least " + bound);
    }
  }
}
