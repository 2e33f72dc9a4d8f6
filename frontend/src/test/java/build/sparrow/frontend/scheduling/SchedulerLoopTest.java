package build.sparrow.frontend.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SchedulerLoopTest {
  private final AtomicLong nanos = new AtomicLong();
  private final SchedulerLoop loop = new SchedulerLoop(nanos::get);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void tasksRunInOrderOnOneThread() {
    loop.start();
    List<String> threads = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      loop.post(
          () -> {
            order.add(number);
            threads.add(Thread.currentThread().getName());
          });
    }

    assertThat(loop.ask(() -> List.copyOf(order))).hasSize(100).isSorted();
    assertThat(loop.ask(() -> List.copyOf(threads))).containsOnly("scheduler");
  }

  @Test
  void taskMayGiveTheLoopAnother() {
    loop.start();
    List<String> order = new ArrayList<>();

    loop.post(
        () -> {
          loop.post(() -> order.add("second"));
          order.add("first");
        });

    assertThat(loop.ask(() -> List.copyOf(order))).containsExactly("first", "second");
  }

  @Test
  void failureOfOneTaskIsNotTheEnd() {
    loop.start();

    loop.post(
        () -> {
          throw new IllegalStateException("this one fails, as the test wants it");
        });

    assertThat(loop.ask(() -> "alive")).isEqualTo("alive");
    assertThatThrownBy(
            () ->
                loop.ask(
                    () -> {
                      throw new IllegalStateException("asked for");
                    }))
        .hasMessageContaining("asked for");
  }

  @Test
  void timerIsCalledWhenItsTimeHasCome() throws Exception {
    AtomicInteger ticks = new AtomicInteger();
    CountDownLatch ticked = new CountDownLatch(1);
    loop.addTimer(
        new SchedulerLoop.Timer() {
          @Override
          public OptionalLong nextNanos() {
            return ticks.get() == 0 ? OptionalLong.of(1_000_000) : OptionalLong.empty();
          }

          @Override
          public void tick() {
            ticks.incrementAndGet();
            ticked.countDown();
          }
        });
    loop.start();

    loop.ask(() -> "before its time");
    assertThat(ticks).hasValue(0);
    nanos.set(1_000_000);
    loop.ask(() -> "at its time");

    assertThat(ticked.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ticks).hasValue(1);
  }
}
