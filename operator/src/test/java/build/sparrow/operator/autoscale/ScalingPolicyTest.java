package build.sparrow.operator.autoscale;

import static build.sparrow.operator.autoscale.DecidingPool.check;
import static build.sparrow.operator.autoscale.TestSpec.PLAIN;
import static build.sparrow.operator.autoscale.TestSpec.percent;
import static build.sparrow.operator.autoscale.TestSpec.pods;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.crds.AutoscalingSpec.Schedule;
import org.junit.jupiter.api.Test;

/** Each rule of the policy by itself. */
final class ScalingPolicyTest {

  @Test
  void firstActionOfAnEmptyPoolWaitsForNothing() {
    check(new DecidingPool(PLAIN, 0).decide(1, 0, 0, 0), 1, Reason.FROM_ZERO);
    check(new DecidingPool(PLAIN, 0).decide(7, 0, 3, 0, 0), 3, Reason.FROM_ZERO);
    check(new DecidingPool(PLAIN.up(600), 0).decide(3, 0, 0, 0), 3, Reason.FROM_ZERO);
    check(
        new DecidingPool(PLAIN.up(0, percent(100, 15)), 0).decide(3, 0, 0, 0),
        1,
        Reason.FROM_ZERO,
        Limit.SCALE_UP_POLICY);
    check(new DecidingPool(PLAIN, 0).decide(99, 0, 0, 0), 10, Reason.FROM_ZERO, Limit.MAX_REPLICAS);
    check(new DecidingPool(PLAIN, 0).decide(0, 0, 0, 0), 0, Reason.STEADY);
  }

  @Test
  void executorsAreAddedOnceTheOldestHasWaitedForTheTarget() {
    check(new DecidingPool(PLAIN, 2).decide(3, 9, 2, 0), 2, Reason.STEADY);
    check(new DecidingPool(PLAIN, 2).decide(3, 10, 2, 0), 5, Reason.QUEUE_WAIT);
    check(new DecidingPool(PLAIN, 2).decide(5, 10, 4, 2, 0), 4, Reason.QUEUE_WAIT);
    check(
        new DecidingPool(PLAIN, 2).decide(99, 10, 2, 0), 10, Reason.QUEUE_WAIT, Limit.MAX_REPLICAS);
    check(
        new DecidingPool(PLAIN, 2).decide(Integer.MAX_VALUE, 10, 2, 0),
        10,
        Reason.QUEUE_WAIT,
        Limit.MAX_REPLICAS);
  }

  @Test
  void executorsThatAreBeingMadeOrIdleTakeWhatWaitsFirst() {
    check(new DecidingPool(PLAIN, 5).decide(3, 60, 2, 0), 5, Reason.STEADY);
    check(new DecidingPool(PLAIN, 5).decide(4, 60, 2, 0), 6, Reason.QUEUE_WAIT);
    check(new DecidingPool(PLAIN, 5).decide(3, 0, 2, 3), 5, Reason.STEADY);
  }

  @Test
  void spareExecutorsAreKeptBeyondThoseThatAreBusy_withoutWaiting() {
    TestSpec spec = PLAIN.spare(2);
    check(new DecidingPool(spec, 0).decide(0, 0, 0, 0), 2, Reason.IDLE_REPLICAS);
    check(new DecidingPool(spec, 3).decide(0, 0, 3, 0), 5, Reason.IDLE_REPLICAS);
    check(new DecidingPool(spec, 5).decide(0, 0, 3, 2), 5, Reason.STEADY);
    check(new DecidingPool(spec, 6).decide(0, 0, 3, 3), 5, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(spec, 3).decide(4, 10, 3, 0), 9, Reason.QUEUE_WAIT);
    check(new DecidingPool(spec, 5).decide(2, 10, 3, 0), 7, Reason.IDLE_REPLICAS);
    check(new DecidingPool(spec, 0).decide(1, 0, 0, 0), 3, Reason.FROM_ZERO);
    check(
        new DecidingPool(spec, 9).decide(0, 0, 9, 0), 10, Reason.IDLE_REPLICAS, Limit.MAX_REPLICAS);
  }

  @Test
  void onlyThoseGoThatWereIdleLongEnough_andNobodyNeeds() {
    check(new DecidingPool(PLAIN, 8).decide(0, 0, 3, 0), 8, Reason.STEADY);
    check(new DecidingPool(PLAIN, 8).decide(0, 0, 3, 2), 6, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(PLAIN, 8).decide(0, 0, 3, 5), 3, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(PLAIN, 8).decide(2, 0, 3, 5), 5, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(PLAIN, 8).decide(0, 0, 0, 8), 0, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(PLAIN, 8).decide(0, 0, 8, 8), 8, Reason.STEADY);
  }

  @Test
  void moreThanThereAreToBeMayWorkOnWhilePodsAreReplaced_andNoneIsAddedForThat() {
    check(new DecidingPool(PLAIN, 4).decide(0, 0, 6, 0), 4, Reason.STEADY);
    check(new DecidingPool(PLAIN, 4).decide(2, 10, 6, 0), 6, Reason.QUEUE_WAIT);
  }

  @Test
  void boundsHoldAtOnce() {
    TestSpec slow = PLAIN.up(600, pods(1, 600)).down(600, pods(1, 600));
    check(
        new DecidingPool(slow.bounds(4, 10), 1).decideIdle(),
        4,
        Reason.MIN_REPLICAS,
        Limit.MIN_REPLICAS);
    check(
        new DecidingPool(slow.bounds(4, 10), 4).decideIdle(),
        4,
        Reason.MIN_REPLICAS,
        Limit.MIN_REPLICAS);
    check(
        new DecidingPool(slow.bounds(0, 5), 9).decide(0, 0, 9, 0),
        5,
        Reason.MAX_REPLICAS,
        Limit.MAX_REPLICAS);
    check(
        new DecidingPool(PLAIN.bounds(4, 10), 4).decideIdle(),
        4,
        Reason.MIN_REPLICAS,
        Limit.MIN_REPLICAS);
    check(
        new DecidingPool(PLAIN, 10).decide(3, 10, 10, 0),
        10,
        Reason.MAX_REPLICAS,
        Limit.MAX_REPLICAS);
  }

  @Test
  void limitIsTheOneThatBindsNow() {
    check(
        new DecidingPool(PLAIN.up(0, pods(4, 60)), 2).decide(99, 10, 2, 0),
        6,
        Reason.QUEUE_WAIT,
        Limit.SCALE_UP_POLICY);
    check(
        new DecidingPool(PLAIN.up(60), 2).decide(99, 10, 2, 0),
        2,
        Reason.STEADY,
        Limit.SCALE_UP_WINDOW);
    check(
        new DecidingPool(PLAIN.bounds(3, 10).down(0, pods(4, 60)), 9).decideIdle(),
        5,
        Reason.IDLE_TIMEOUT,
        Limit.SCALE_DOWN_POLICY);
    check(
        new DecidingPool(PLAIN.bounds(3, 10).down(60), 9).decideIdle(),
        9,
        Reason.STEADY,
        Limit.SCALE_DOWN_WINDOW);
  }

  @Test
  void wishesThatABoundHeldBackAreFollowedOnceItIsLifted() {
    DecidingPool low = new DecidingPool(PLAIN.down(300).bounds(6, 10), 6);
    for (int i = 0; i <= 300; i++) {
      low.pass(1).decideIdle();
    }
    low.spec = PLAIN.down(300);
    check(low.decideIdle(), 0, Reason.IDLE_TIMEOUT);

    DecidingPool high = new DecidingPool(PLAIN.up(60), 10);
    for (int i = 0; i <= 60; i++) {
      high.pass(1).decide(20, 30, 10, 0);
    }
    high.spec = PLAIN.up(60).bounds(0, 50);
    check(high.decide(20, 30, 10, 0), 30, Reason.QUEUE_WAIT);
  }

  @Test
  void poolShrinksToTheMostThatItsScaleDownWindowSaw() {
    DecidingPool pool = new DecidingPool(PLAIN.down(300), 6);
    check(pool.decide(0, 0, 6, 0), 6, Reason.STEADY);
    check(pool.pass(100).decide(0, 0, 2, 4), 6, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(100).decide(0, 0, 0, 6), 6, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(199).decide(0, 0, 0, 6), 6, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(1).decide(0, 0, 0, 6), 2, Reason.IDLE_TIMEOUT, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(99).decide(0, 0, 0, 2), 2, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(1).decide(0, 0, 0, 2), 0, Reason.IDLE_TIMEOUT);
  }

  @Test
  void poolGrowsToTheLeastThatItsScaleUpWindowSaw() {
    DecidingPool pool = new DecidingPool(PLAIN.up(60), 2);
    check(pool.decide(0, 0, 2, 0), 2, Reason.STEADY);
    check(pool.pass(10).decide(2, 10, 2, 0), 2, Reason.STEADY, Limit.SCALE_UP_WINDOW);
    check(pool.pass(30).decide(6, 40, 2, 0), 2, Reason.STEADY, Limit.SCALE_UP_WINDOW);
    check(pool.pass(29).decide(6, 69, 2, 0), 2, Reason.STEADY, Limit.SCALE_UP_WINDOW);
    check(pool.pass(1).decide(6, 70, 2, 0), 4, Reason.QUEUE_WAIT, Limit.SCALE_UP_WINDOW);
    check(pool.pass(30).decide(6, 100, 2, 0), 8, Reason.QUEUE_WAIT);
  }

  @Test
  void afterARestartAPoolKeepsWhatItHasForTheScaleDownWindow() {
    DecidingPool pool = new DecidingPool(PLAIN.down(300), 6);
    check(pool.decideIdle(), 6, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(299).decideIdle(), 6, Reason.STEADY, Limit.SCALE_DOWN_WINDOW);
    check(pool.pass(1).decideIdle(), 0, Reason.IDLE_TIMEOUT);
  }

  @Test
  void scaleUpPolicyThatAllowsMostCounts_overItsPeriod() {
    DecidingPool pool =
        new DecidingPool(PLAIN.bounds(0, 100).up(0, pods(4, 60), percent(50, 30)), 2);
    check(pool.decide(90, 10, 2, 0), 6, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
    check(pool.pass(29).decide(90, 10, 2, 0), 6, Reason.STEADY, Limit.SCALE_UP_POLICY);
    // Half of what was there 30 s ago, which are 6.
    check(pool.pass(1).decide(90, 10, 2, 0), 9, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
    check(pool.pass(29).decide(90, 10, 2, 0), 9, Reason.STEADY, Limit.SCALE_UP_POLICY);
    // Half of 9, rounded up, is more than 4.
    check(pool.pass(1).decide(90, 10, 2, 0), 14, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
  }

  @Test
  void scaleDownPolicyThatAllowsMostCounts_overItsPeriod() {
    DecidingPool pool =
        new DecidingPool(PLAIN.bounds(0, 100).down(0, pods(4, 60), percent(10, 30)), 55);
    check(pool.decideIdle(), 49, Reason.IDLE_TIMEOUT, Limit.SCALE_DOWN_POLICY);
    check(pool.pass(29).decideIdle(), 49, Reason.STEADY, Limit.SCALE_DOWN_POLICY);
    check(pool.pass(1).decideIdle(), 44, Reason.IDLE_TIMEOUT, Limit.SCALE_DOWN_POLICY);
  }

  @Test
  void policyThatTakesAllAtOnceIsNoLimit() {
    check(
        new DecidingPool(PLAIN.down(0, percent(100, 15)), 8).decideIdle(), 0, Reason.IDLE_TIMEOUT);
    check(new DecidingPool(PLAIN.down(0, pods(9, 15)), 8).decideIdle(), 0, Reason.IDLE_TIMEOUT);
  }

  @Test
  void numberThatOthersWroteCountsAsAChange() {
    DecidingPool pool = new DecidingPool(PLAIN.bounds(0, 100).up(0, pods(4, 60)), 2);
    check(pool.decide(0, 0, 2, 0), 2, Reason.STEADY);
    pool.current = 5;
    check(pool.pass(1).decide(90, 10, 5, 0), 6, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
  }

  @Test
  void numberThatOthersWroteOverADecisionCountsFromWhenItIsSeen() {
    DecidingPool pool = new DecidingPool(PLAIN.bounds(0, 100).up(0, pods(4, 60)), 2);
    check(pool.decide(90, 10, 2, 0), 6, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
    pool.current = 8;
    check(pool.pass(30).decide(90, 10, 8, 0), 8, Reason.STEADY, Limit.SCALE_UP_POLICY);
    check(pool.pass(59).decide(90, 10, 8, 0), 8, Reason.STEADY, Limit.SCALE_UP_POLICY);
    check(pool.pass(1).decide(90, 10, 8, 0), 12, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
  }

  @Test
  void decisionThatIsNotSeenYetIsMadeAgain() {
    DecidingPool pool = new DecidingPool(PLAIN.bounds(0, 100).up(0, pods(4, 60)), 2);
    check(pool.decide(90, 10, 2, 0), 6, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
    pool.current = 2;
    check(pool.pass(1).decide(90, 10, 2, 0), 6, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
    check(pool.pass(1).decide(90, 10, 2, 0), 6, Reason.STEADY, Limit.SCALE_UP_POLICY);
    check(pool.pass(59).decide(90, 10, 2, 0), 10, Reason.QUEUE_WAIT, Limit.SCALE_UP_POLICY);
  }

  @Test
  void scheduleThatBeginsRaisesTheMinimumAtOnce_andItsEndLowersIt() {
    DecidingPool pool =
        new DecidingPool(
            PLAIN
                .down(300)
                .schedules(
                    new Schedule("0 7 * * 1-5", "UTC", 6), new Schedule("0 19 * * *", "UTC", 1)),
            0);
    pool.now = pool.now.minusSeconds(5 * 3600 + 300); // 06:55 on a Monday
    check(pool.decideIdle(), 1, Reason.MIN_REPLICAS, Limit.MIN_REPLICAS);
    check(pool.pass(299).decideIdle(), 1, Reason.MIN_REPLICAS, Limit.MIN_REPLICAS);
    check(pool.pass(1).decideIdle(), 6, Reason.MIN_REPLICAS, Limit.MIN_REPLICAS);
    check(pool.pass(12 * 3600 - 1).decideIdle(), 6, Reason.MIN_REPLICAS, Limit.MIN_REPLICAS);
    check(pool.pass(1).decideIdle(), 1, Reason.IDLE_TIMEOUT, Limit.MIN_REPLICAS);
  }

  @Test
  void boundsThatContradictEachOtherStopNoPool() {
    DecidingPool pool = new DecidingPool(PLAIN.bounds(8, 5), 3);
    assertThat(pool.decideIdle().replicas()).isEqualTo(5);
  }
}
