package build.sparrow.e2e.farm;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other processes do, by asking again up to a deadline. */
public final class Eventually {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /**
   * Asks until the condition holds.
   *
   * @param what the condition in words, for the message
   * @throws AssertionError if it does not hold within the limit
   */
  public static void holds(String what, Duration limit, BooleanSupplier condition) {
    get(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /**
   * Asks until there is an answer.
   *
   * @param what the answer in words, for the message
   * @throws AssertionError if there is none within the limit
   */
  public static <T> T get(String what, Duration limit, Supplier<Optional<T>> question) {
    return get(what, limit, PAUSE, question);
  }

  /** As {@link #get(String, Duration, Supplier)}, with another pause before asking again. */
  public static <T> T get(
      String what, Duration limit, Duration pause, Supplier<Optional<T>> question) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      // Read before asking, so that a question that took long is not the last one too early.
      boolean last = System.nanoTime() - deadline >= 0;
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      if (last) {
        throw new AssertionError("Not within " + limit.toMillis() + " ms: " + what);
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }
}
