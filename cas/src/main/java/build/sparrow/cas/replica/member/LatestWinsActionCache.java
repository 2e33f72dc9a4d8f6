package build.sparrow.cas.replica.member;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.replica.Stamps;
import build.sparrow.reapi.ActionKey;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Keeps of all results put for an action the one with the latest stamp, in whatever order they
 * come, so that one that was owed for long does not replace a newer one.
 */
final class LatestWinsActionCache implements ActionCache {
  private static final int STRIPES = 64;

  private final ActionCache base;
  private final ReentrantLock[] stripes =
      IntStream.range(0, STRIPES).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  LatestWinsActionCache(ActionCache base) {
    this.base = base;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    return base.get(key);
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    ReentrantLock lock = stripes[Math.floorMod(key.hashCode(), STRIPES)];
    lock.lock();
    try {
      Optional<ActionResult> held = base.get(key);
      if (held.isEmpty() || Stamps.of(held.get()).compareTo(Stamps.of(result)) <= 0) {
        base.put(key, result);
      }
    } finally {
      lock.unlock();
    }
  }
}
