package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.ActionKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Results in a map. */
public final class InMemoryActionCache implements ActionCache {
  private final Map<ActionKey, ActionResult> results = new ConcurrentHashMap<>();

  @Override
  public Optional<ActionResult> get(ActionKey key) {
    return Optional.ofNullable(results.get(key));
  }

  @Override
  public void put(ActionKey key, ActionResult result) {
    results.put(key, result);
  }
}
