package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.ManualClock;
import build.sparrow.operator.process.Watchdog.Watched;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WatchdogTest {
  private static final Watched FARM = new Watched("buildfarm", "builds", "main");
  private static final Watched POOL = new Watched("executorpool", "builds", "main-linux");

  private final ManualClock clock = new ManualClock();
  private final Watchdog watchdog = new Watchdog(clock);

  @Test
  void resourceThatTheLoopHasLostIsAFault() {
    assertThat(watchdog.fault(Set.of(FARM, POOL), true)).isEmpty();
    clock.move(Watchdog.LIMIT);
    watchdog.ended(FARM);
    assertThat(watchdog.fault(Set.of(FARM, POOL), true)).as("at the limit").isEmpty();

    clock.move(Duration.ofMinutes(1));

    assertThat(watchdog.fault(Set.of(FARM, POOL), true))
        .contains("executorpool builds/main-linux has not been looked at for 11 min");
  }

  @Test
  void resourceThatIsGoneIsNotMissed() {
    watchdog.ended(FARM);
    watchdog.ended(POOL);
    clock.move(Watchdog.LIMIT.plusMinutes(1));
    watchdog.ended(FARM);

    assertThat(watchdog.fault(Set.of(FARM), true)).isEmpty();
  }

  @Test
  void whoStandsByLooksAtNothing_andHasTimeOnceItLeads() {
    assertThat(watchdog.fault(Set.of(FARM), true)).isEmpty();
    clock.move(Watchdog.LIMIT.plusMinutes(1));

    assertThat(watchdog.fault(Set.of(FARM), false)).isEmpty();
    assertThat(watchdog.fault(Set.of(FARM), true)).isEmpty();
  }
}
