package build.sparrow.cas.replica.sim;

import java.util.List;
import java.util.SplittableRandom;

/** What breaks, and when it is mended. */
final class Faults {
  private final Simulation world;
  private final SplittableRandom random;
  private long count;

  Faults(Simulation world, SplittableRandom random) {
    this.world = world;
    this.random = random;
  }

  /** Plans all faults until then. */
  void plan(Scenario scenario, long untilNanos) {
    plan(scenario.deaths(), untilNanos, this::kill);
    plan(scenario.powerLosses(), untilNanos, () -> damage(false));
    plan(scenario.diskLosses(), untilNanos, () -> damage(true));
    plan(scenario.partitions(), untilNanos, this::partition);
    plan(scenario.pauses(), untilNanos, this::pause);
    plan(scenario.clockJumps(), untilNanos, this::jump);
  }

  private void plan(double perSecond, long untilNanos, Runnable fault) {
    if (perSecond == 0) {
      return;
    }
    double at = 0;
    while (true) {
      at += -Math.log(1 - random.nextDouble()) / perSecond * Timeline.SECOND;
      if (at > untilNanos) {
        return;
      }
      world.timeline.after((long) at, fault);
    }
  }

  long count() {
    return count;
  }

  private SimShard anyShard() {
    List<SimShard> shards = world.shards();
    return shards.get(random.nextInt(shards.size()));
  }

  private void kill() {
    SimShard shard = anyShard();
    if (shard.isUp()) {
      note("kill " + shard.host());
      shard.die();
      startLater(shard);
    }
  }

  private void note(String what) {
    count++;
    world.log("fault", what);
  }

  private void startLater(SimShard shard) {
    world.timeline.after(
        random.nextInt(4) == 0
            ? random.nextLong(15 * Timeline.SECOND)
            : random.nextLong(2 * Timeline.SECOND),
        shard::start);
  }

  /** Takes from one shard what its disk holds, if all others hold what they should. */
  private void damage(boolean wholeDisk) {
    SimShard victim = anyShard();
    boolean othersComplete =
        world.shards().stream()
            .allMatch(shard -> shard == victim || shard.isComplete() || shard.isJoining());
    if (!othersComplete) {
      return;
    }
    note((wholeDisk ? "disk loss of " : "power loss of ") + victim.host());
    if (wholeDisk) {
      victim.loseDisk();
    } else {
      victim.losePower();
    }
    world.promises.damaged();
    startLater(victim);
  }

  /** Frontends and shards lose sight of one shard, of each other, in one direction or both. */
  private void partition() {
    SimShard shard = anyShard();
    long nanos = random.nextLong(12 * Timeline.SECOND);
    int kind = random.nextInt(4);
    note("partition " + kind + " of " + shard.host() + " for " + nanos / 1_000_000 + " ms");
    for (SimFrontend frontend : world.frontends()) {
      if (kind == 0 || random.nextBoolean()) {
        cut(frontend.name(), shard.host(), nanos);
      }
    }
    for (SimShard other : world.shards()) {
      if (kind == 1 || (kind == 2 && random.nextBoolean())) {
        cut(other.host(), shard.host(), nanos);
      }
    }
  }

  private void cut(String one, String other, long nanos) {
    int directions = random.nextInt(3);
    if (directions != 1) {
      world.net.cut(one, other, nanos);
    }
    if (directions != 2) {
      world.net.cut(other, one, nanos);
    }
  }

  private void pause() {
    for (SimShard shard : world.shards()) {
      if (random.nextBoolean()) {
        note("pause of " + shard.host());
        shard.slow(random.nextLong(8 * Timeline.SECOND));
      }
    }
  }

  /** A new placement is about to be made known: some may hear of it late. */
  void placementComes() {
    long nanos = Math.min(random.nextLong(10 * Timeline.SECOND), world.untilAllHearNanos());
    if (nanos <= 0 || random.nextBoolean()) {
      return;
    }
    for (SimFrontend frontend : world.frontends()) {
      if (random.nextBoolean()) {
        note(frontend.name() + " hears of no new placement");
        frontend.deafen(nanos);
      }
    }
    for (SimShard shard : world.shards()) {
      if (random.nextBoolean()) {
        note(shard.host() + " hears of no new placement");
        shard.deafen(nanos);
      }
    }
  }

  private void jump() {
    List<SimFrontend> frontends = world.frontends();
    long millis = random.nextLong(-3_600_000, 3_600_000);
    SimFrontend frontend = frontends.get(random.nextInt(frontends.size()));
    note("clock of " + frontend.name() + " jumps by " + millis + " ms");
    frontend.jumpClock(millis);
  }
}
