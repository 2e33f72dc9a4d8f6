package build.sparrow.scheduling.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimulationTest {
  /** Fixed ones, so that what was found once stays found; each fixed bug keeps its seed. */
  private static final int SEEDS = Integer.getInteger("sparrow.sim.seeds", 100);

  private static final int FRESH_SEEDS = Integer.getInteger("sparrow.sim.fresh.seeds", 1_000);

  @Test
  void everyActionEndsOnce_whenExecutorsFrontendsAndNetworkFail() {
    runAll(Weather.STORMY, SEEDS);
  }

  @Test
  void noExecutorIdlesWhileItsActionsWait_whenNothingFails() {
    runAll(Weather.CALM, SEEDS / 2);
  }

  @Test
  void nothingIsCharged_whenThePlatformTakesExecutorsAway() {
    runAll(Weather.PREEMPTING, SEEDS / 2);
  }

  @Test
  void nothingIsRunAgain_whenFrontendsGoForGood() {
    runAll(Weather.LOSING_FRONTENDS, SEEDS / 2);
  }

  @Test
  void everyActionEndsOnce_whenClientsRaceTheFarm() {
    runAll(Weather.RACING, SEEDS);
  }

  /**
   * Seeds that nobody has seen yet; those of a day are the same wherever they run, so that CI fails
   * for nothing that its author could not see.
   */
  @Test
  void everyActionEndsOnce_whateverTheSeed() {
    long first = LocalDate.now(ZoneOffset.UTC).toEpochDay() * 1_000_000;
    for (long seed = first; seed < first + FRESH_SEEDS; seed++) {
      run(seed % 2 == 0 ? Weather.STORMY : Weather.RACING, seed, PlantedBug.NONE);
    }
  }

  /**
   * A result that its executor announced to another frontend and then to the first again was
   * acknowledged and thrown away.
   */
  @Test
  void resultThatWentElsewhereAndCameBackCounts() {
    run(Weather.STORMY, 14_543_278_904_586L, PlantedBug.NONE);
  }

  /** Bugs of actions that take more than a slot. */
  @Test
  void actionsOfAllSizesGetTheirRoom() {
    run(Weather.CALM, 20, PlantedBug.NONE);
    run(Weather.PREEMPTING, 1_795_864_603_125L, PlantedBug.NONE);
  }

  /** The room that a rejection told of was not offered to anything else. */
  @Test
  void whatFitsInTheRoomOfARejectionIsOffered() {
    run(Weather.STORMY, 1_795_876_013_677L, PlantedBug.NONE);
    run(Weather.STORMY, 1_795_876_013_767L, PlantedBug.NONE);
  }

  /** A frontend was paused while executors that keep room pulled it again and again. */
  @Test
  void reservationsAgreeAfterPullsThatNobodyAskedFor() {
    run(Weather.STORMY, 20_785_000_050L, PlantedBug.NONE);
  }

  /** An executor took its answer to a late duplicate for heard, and never told that it was idle. */
  @Test
  void roomIsToldOfAfterALateDuplicateOfAnOffer() {
    run(Weather.STORMY, 1_795_893_908_545L, PlantedBug.NONE);
    run(Weather.STORMY, 1_795_893_909_725L, PlantedBug.NONE);
    run(Weather.STORMY, 1_795_910_989_897L, PlantedBug.NONE);
  }

  /** A frontend that began anew, or lost the kill, adopts what it once ended. */
  @Test
  void attemptsOfFormerOwnersBeginAnew() {
    run(Weather.RACING, 20_785_000_348L, PlantedBug.NONE);
    run(Weather.RACING, 1_795_892_047_618L, PlantedBug.NONE);
  }

  @Test
  void sameSeedGivesTheSameLog() {
    Simulation.Outcome once = run(Weather.STORMY, 42, PlantedBug.NONE);

    Simulation.Outcome again = run(Weather.STORMY, 42, PlantedBug.NONE);

    assertThat(again).isEqualTo(once);
    assertThat(run(Weather.STORMY, 43, PlantedBug.NONE).hash()).isNotEqualTo(once.hash());
  }

  @Test
  void cancelComparedByIdentityIsFound() {
    findsWithinAThousandSeeds(PlantedBug.CANCEL_BY_IDENTITY);
  }

  @Test
  void slotThatAFailedLaunchLeaksIsFound() {
    findsWithinAThousandSeeds(PlantedBug.SLOT_OF_FAILED_LAUNCH_LEAKS);
  }

  @Test
  void actionLostWithTheReplyToAPullIsFound() {
    findsWithinAThousandSeeds(PlantedBug.LOST_PULL_REPLY_LOSES_ACTION);
  }

  @Test
  void lateResultWithoutFenceIsFound() {
    findsWithinAThousandSeeds(PlantedBug.LATE_RESULT_NOT_FENCED);
  }

  @Test
  void preemptionChargedToTheActionIsFound() {
    findsWithinAThousandSeeds(PlantedBug.PREEMPTION_CHARGED);
  }

  @Test
  void actionThatRunsForAnotherOwnerAndIsRunAgainIsFound() {
    findsWithinAThousandSeeds(PlantedBug.TAKEOVER_NOT_AWAITED);
  }

  @Test
  void sizeThatIsLostOnTheWayIsFound() {
    findsWithinAThousandSeeds(PlantedBug.SIZE_LOST_ON_THE_WAY);
  }

  @Test
  void roomThatIsNotKeptIsFound() {
    findsWithinAThousandSeeds(PlantedBug.NO_ROOM_IS_KEPT);
  }

  private static void findsWithinAThousandSeeds(PlantedBug bug) {
    for (long seed = 1; seed <= 1_000; seed++) {
      try {
        run(bug.weather(), seed, bug);
      } catch (AssertionError violation) {
        System.out.printf("%s is found by seed %d%n", bug, seed);
        assertThat(violation).hasMessageContaining("Replay it with");
        // The same seed is sound without the bug.
        run(bug.weather(), seed, PlantedBug.NONE);
        return;
      }
    }
    fail("No seed finds " + bug);
  }

  @Test
  void aViolationIsShrunk() {
    AssertionError found = firstViolation(PlantedBug.SLOT_OF_FAILED_LAUNCH_LEAKS);

    String shrunk =
        FaultSeeds.shrunk(Weather.STORMY, violating, PlantedBug.SLOT_OF_FAILED_LAUNCH_LEAKS, found);

    assertThat(shrunk).contains("NO_DUPLICATES");
  }

  private long violating;

  private AssertionError firstViolation(PlantedBug bug) {
    for (violating = 1; ; violating++) {
      try {
        run(Weather.STORMY, violating, bug);
      } catch (AssertionError violation) {
        return violation;
      }
    }
  }

  private static Simulation.Outcome run(Weather weather, long seed, PlantedBug bug) {
    return Simulation.run(weather, seed, bug, Set.of(), false);
  }

  /** Runs seeds from 1 on. */
  private static void runAll(Weather weather, int seeds) {
    long completed = 0;
    for (long seed = 1; seed <= seeds; seed++) {
      completed += run(weather, seed, PlantedBug.NONE).completed();
    }
    assertThat(completed).isPositive();
  }
}
