package build.sparrow.scheduling.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SimulationTest {
  private static final int SEEDS = Integer.getInteger("sparrow.sim.seeds", 200);

  private interface Weather {
    Simulation.Outcome run(long seed, boolean echo);
  }

  @Test
  void everyActionEndsOnce_whenExecutorsFrontendsAndNetworkFail() {
    runAll("sparrow.sim.stormy", SEEDS, Simulation::stormy);
  }

  @Test
  void noExecutorIdlesWhileItsActionsWait_whenNothingFails() {
    runAll("sparrow.sim.calm", SEEDS / 2, Simulation::calm);
  }

  @Test
  void sameSeedGivesTheSameLog() {
    Simulation.Outcome once = Simulation.stormy(42, false);

    Simulation.Outcome again = Simulation.stormy(42, false);

    assertThat(again).isEqualTo(once);
    assertThat(Simulation.stormy(43, false).hash()).isNotEqualTo(once.hash());
  }

  /** Runs seeds from 1 on, or the one to be replayed, then with its whole log. */
  private static void runAll(String replayKey, int seeds, Weather weather) {
    Long replayed = Long.getLong(replayKey);
    if (replayed != null) {
      System.out.println(weather.run(replayed, true));
      return;
    }
    long events = 0;
    long started = 0;
    long completed = 0;
    long failed = 0;
    long adopted = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      Simulation.Outcome outcome = weather.run(seed, false);
      events += outcome.events();
      started += outcome.started();
      completed += outcome.completed();
      failed += outcome.failed();
      adopted += outcome.adopted();
    }
    System.out.printf(
        "%d seeds: %,d events, %,d attempts, %,d results, %,d failures, %,d adopted%n",
        seeds, events, started, completed, failed, adopted);
    assertThat(completed).isPositive();
  }
}
