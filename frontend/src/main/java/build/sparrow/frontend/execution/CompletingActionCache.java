package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.reapi.ActionKey;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes what runs for an action when a client puts a result of it into the cache meanwhile: a
 * build that races an action against its own machine, and wins there, ends it for all others.
 */
public final class CompletingActionCache implements ActionCache {
  private static final Logger log = LoggerFactory.getLogger(CompletingActionCache.class);

  private final ActionCache base;
  private final Operations operations;

  /** A cache that only clients write to who may decide for others what an action comes to. */
  public CompletingActionCache(ActionCache base, Operations operations) {
    this.base = base;
    this.operations = operations;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    return base.get(key);
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    base.put(key, result);
    if (operations.wantsResultOf(key)) {
      complete(key);
    }
  }

  /** With what the cache serves, which is a success that has all its outputs, or not at all. */
  private void complete(ActionKey key) {
    try {
      base.get(key)
          .filter(served -> served.getExitCode() == 0)
          .ifPresent(served -> operations.resultWritten(key, served));
    } catch (IOException e) {
      log.atDebug()
          .setCause(e)
          .addKeyValue("action", key)
          .log("Result that a client brought cannot be read back, the action goes on");
    }
  }
}
