package build.sparrow.operator.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.link.PoolDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A pool that follows each decision at once, and of whose executors a test says what they do. */
final class DecidingPool {
  TestSpec spec;
  int current;
  Instant now = Instant.parse("2026-03-02T12:00:00Z");
  ScalingHistory history = ScalingHistory.NONE;

  DecidingPool(TestSpec spec, int current) {
    this.spec = spec;
    this.current = current;
  }

  /** Decides with so many that wait, all executors ready. */
  ScalingDecision decide(int queued, int waitSeconds, int busy, int idleLongEnough) {
    return decide(queued, waitSeconds, 1, busy, idleLongEnough);
  }

  ScalingDecision decide(int queued, int waitSeconds, int slots, int busy, int idleLongEnough) {
    ScalingDecision decision =
        ScalingPolicy.decide(
            spec.spec(),
            new ScalingInput(
                current,
                new PoolDemand(queued, Duration.ofSeconds(waitSeconds)),
                slots,
                current,
                busy,
                idleLongEnough,
                now),
            history);
    current = decision.replicas();
    history = decision.history();
    return decision;
  }

  /** Nobody works nor waits, and all may go. */
  ScalingDecision decideIdle() {
    return decide(0, 0, 0, current);
  }

  DecidingPool pass(int seconds) {
    now = now.plusSeconds(seconds);
    return this;
  }

  static void check(ScalingDecision decision, int replicas, Reason reason) {
    assertThat(decision.replicas()).isEqualTo(replicas);
    assertThat(decision.reason()).isEqualTo(reason);
    assertThat(decision.limitedBy()).isEqualTo(Optional.empty());
  }

  static void check(ScalingDecision decision, int replicas, Reason reason, Limit limit) {
    assertThat(decision.replicas()).isEqualTo(replicas);
    assertThat(decision.reason()).isEqualTo(reason);
    assertThat(decision.limitedBy()).contains(limit);
  }
}
