package build.sparrow.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EventuallyTest {
  @Test
  void theFirstAnswerIsReturned() {
    AtomicInteger asked = new AtomicInteger();

    int answer =
        Eventually.get(
            "the third answer",
            Duration.ofMinutes(1),
            () -> Optional.of(asked.incrementAndGet()).filter(count -> count == 3));

    assertThat(answer).isEqualTo(3);
    assertThat(asked).hasValue(3);
  }

  @Test
  void whatDoesNotComeIsNamed() {
    assertThatThrownBy(() -> Eventually.holds("pigs fly", Duration.ZERO, () -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessage("Not within 0 ms: pigs fly");
  }
}
