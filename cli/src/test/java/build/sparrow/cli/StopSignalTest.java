package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class StopSignalTest {
  private final AtomicInteger halts = new AtomicInteger();
  private final StopSignal stop = StopSignal.of(halts::incrementAndGet);

  @Test
  void firstSignalStopsInOrder_secondHalts() throws InterruptedException {
    assertThat(stop.hasCome()).isFalse();

    stop.signalled();

    stop.await();
    assertThat(stop.hasCome()).isTrue();
    assertThat(halts).hasValue(0);

    stop.signalled();

    assertThat(halts).hasValue(1);
  }
}
