package build.sparrow.cas.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private final ManualTime time = new ManualTime(() -> {});
  private final Retries retries = new Retries(time, Retries.BUDGET);

  @Test
  void aStoreThatIsBackAfterFiveSecondsIsReached() throws Exception {
    AtomicInteger attempts = new AtomicInteger();

    String answer =
        retries.call(
            "Test",
            () -> {
              attempts.incrementAndGet();
              if (time.nanoTime() < Duration.ofSeconds(5).toNanos()) {
                throw Status.UNAVAILABLE.asException();
              }
              return "back";
            });

    assertThat(answer).isEqualTo("back");
    assertThat(time.pauses())
        .startsWith(
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    assertThat(attempts).hasValueLessThan(15);
  }

  @Test
  void aStoreThatStaysAwayIsGivenUp_sayingWhatFailed() {
    assertThatThrownBy(
            () ->
                retries.call(
                    "Test",
                    () -> {
                      throw Status.UNAVAILABLE.withDescription("io exception").asException();
                    }))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("Test")
        .hasMessageContaining("io exception");

    assertThat(time.nanoTime())
        .isBetween(Retries.BUDGET.toNanos(), Retries.BUDGET.plusSeconds(1).toNanos());
  }

  @Test
  void progressGivesTheWholeBudgetAgain() throws Exception {
    Retries.Round round = retries.start("Test");
    for (int i = 0; i < 100; i++) {
      round.pauseOrThrow(Status.UNAVAILABLE, new IOException("broken"));
      round.succeeded();
    }

    assertThat(time.pauses()).hasSize(100).containsOnly(Duration.ofMillis(50));
  }

  @Test
  void whatTryingAgainDoesNotHelpFailsAtOnce() {
    Map<Status, Class<? extends IOException>> failures =
        Map.of(
            Status.INVALID_ARGUMENT, DigestMismatchException.class,
            Status.FAILED_PRECONDITION, BlobTooLargeException.class,
            Status.RESOURCE_EXHAUSTED, StoreFullException.class,
            Status.INTERNAL, IOException.class,
            Status.PERMISSION_DENIED, IOException.class);
    failures.forEach(
        (status, failure) ->
            assertThatThrownBy(
                    () ->
                        retries.call(
                            "Test",
                            () -> {
                              throw status.withDescription("why").asException();
                            }))
                .isInstanceOf(failure)
                .hasMessageContaining("why"));
    assertThat(time.pauses()).isEmpty();
  }
}
