package build.sparrow.scheduling.owner;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Gives a tenant that comes to a busy farm what it is due without waiting for actions to end: of
 * the tenant that has most running for its weight, what was begun last is stopped, and begun again
 * in its turn. What that costs is bounded: by how long the stopped action has run, by how often it
 * may be stopped, and by what the other one is due.
 */
final class Reclaim {
  /** What has run for longer goes on. */
  static final Duration MAX_LOST = Duration.ofSeconds(10);

  /** So often an action may be stopped for others. */
  static final int MAX_STOPS = 2;

  /** So many of the tenant's actions are looked at, from the last that was begun. */
  private static final int LOOKED_AT = 32;

  private final OwnerConfig config;
  private final Shares shares;
  private final Placement placement;
  private final Operations operations;

  Reclaim(OwnerConfig config, Shares shares, Placement placement, Operations operations) {
    this.config = config;
    this.shares = shares;
    this.placement = placement;
    this.operations = operations;
  }

  /** An operation is here that may have found no idle executor. */
  void arrived(Operation operation, Turn turn) {
    if (!(operation.state instanceof OperationState.Queued) || operation.share.tenant == null) {
      return;
    }
    Share poor = operation.share.tenant;
    Share rich = shares.richest();
    Operation stopped =
        rich == null || rich == poor ? null : toStop(rich, poor, operation, turn.nowNanos());
    if (stopped != null) {
      poor.claim(operation.processors);
      operations.stopForOthers(stopped, turn);
    }
  }

  private @Nullable Operation toStop(Share rich, Share poor, Operation waiting, long nowNanos) {
    int looked = 0;
    for (Operation candidate : rich.occupants()) {
      if (++looked > LOOKED_AT) {
        return null;
      }
      if (candidate.state instanceof OperationState.Running running
          && nowNanos - candidate.boundNanos <= MAX_LOST.toNanos()
          // Whoever else began it, nobody here knows when.
          && running.attempt().epoch().equals(config.epoch())
          && candidate.stops < MAX_STOPS
          && !candidate.detached
          && rich.loadWithout(candidate.processors) >= poor.loadWith(waiting.processors)
          && placement.makesRoom(candidate, running.executor(), waiting)) {
        return candidate;
      }
    }
    return null;
  }
}
