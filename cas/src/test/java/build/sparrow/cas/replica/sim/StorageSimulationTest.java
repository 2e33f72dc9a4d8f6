package build.sparrow.cas.replica.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StorageSimulationTest {
  /** Fixed ones, so that what was found once stays found. */
  private static final int SEEDS = Integer.getInteger("sparrow.sim.storage.seeds", 75);

  private static final int SEEDS_FOR_A_BUG = 4_000;

  @Test
  void whatIsPromisedIsKept_whenShardsDisksAndNetworkFail() {
    long promises = 0;
    long denials = 0;

    for (long seed = 1; seed <= SEEDS; seed++) {
      Simulation.Outcome outcome = Simulation.run(seed, PlantedBug.NONE, false);
      promises += outcome.acknowledged() + outcome.found();
      denials += outcome.denied();
    }

    assertThat(promises).isGreaterThan(SEEDS * 100L);
    assertThat(denials).isGreaterThan(SEEDS * 10L);
  }

  /** Seeds that nobody has seen yet; those of a day are the same wherever they run. */
  @Test
  void whatIsPromisedIsKept_whateverTheSeed() {
    long first = LocalDate.now(ZoneOffset.UTC).toEpochDay() * 1_000_000;
    for (long seed = first; seed < first + SEEDS; seed++) {
      Simulation.run(seed, PlantedBug.NONE, false);
    }
  }

  @Test
  void sameSeedGivesTheSameLog() {
    Simulation.Outcome once = Simulation.run(42, PlantedBug.NONE, false);

    assertThat(Simulation.run(42, PlantedBug.NONE, false)).isEqualTo(once);
    assertThat(Simulation.run(43, PlantedBug.NONE, false).hash()).isNotEqualTo(once.hash());
  }

  /** Shards that denied a blob one after the other got and lost it in between. */
  @Test
  void whatAllDenyAtDifferentTimesIsNotMissing() {
    Simulation.run(1_582, PlantedBug.NONE, false);
  }

  @TestFactory
  Stream<DynamicTest> bugsOfTheFieldAreFound() {
    return Arrays.stream(PlantedBug.values())
        .filter(bug -> bug != PlantedBug.NONE)
        .map(bug -> DynamicTest.dynamicTest(bug.name(), () -> find(bug)));
  }

  private static void find(PlantedBug bug) {
    for (long seed = bug.firstSeed(); seed <= SEEDS_FOR_A_BUG; seed += 2) {
      try {
        Simulation.run(seed, bug, false);
      } catch (AssertionError violation) {
        System.out.printf("%s is found by seed %d%n", bug, seed);
        assertThat(violation).hasMessageContaining("Replay it with");
        // The same seed is sound without the bug.
        Simulation.run(seed, PlantedBug.NONE, false);
        return;
      }
    }
    fail("No seed finds " + bug);
  }
}
