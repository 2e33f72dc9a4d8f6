package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.reapi.ActionKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Results in a map. */
final class InMemoryActionCache implements ActionCache {
  final Map<ActionKey, ActionResult> results = new ConcurrentHashMap<>();
  final AtomicInteger lookups = new AtomicInteger();

  @Override
  public Optional<ActionResult> get(ActionKey key) {
    lookups.incrementAndGet();
    return Optional.ofNullable(results.get(key));
  }

  @Override
  public void put(ActionKey key, ActionResult result) {
    results.put(key, result);
  }
}
