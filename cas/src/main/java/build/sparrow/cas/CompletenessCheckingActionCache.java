package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns a result only if all that it references is in the store, and by asking renews the lease
 * of all that; else it is a miss, and the action runs again.
 */
public final class CompletenessCheckingActionCache implements ActionCache {
  private static final Logger log = LoggerFactory.getLogger(CompletenessCheckingActionCache.class);

  private final ActionCache base;
  private final BlobStore store;
  private final Restorer restorer;

  /**
   * A cache whose results reference blobs of the store.
   *
   * @param restorer is asked for those that the store lacks
   */
  public CompletenessCheckingActionCache(ActionCache base, BlobStore store, Restorer restorer) {
    this.base = base;
    this.store = store;
    this.restorer = restorer;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    Optional<ActionResult> result = base.get(key);
    return result.isPresent() && isComplete(key, result.get()) ? result : Optional.empty();
  }

  private boolean isComplete(ActionKey key, ActionResult result) throws IOException {
    BlobScope scope = BlobScope.of(key);
    try {
      Set<Digest> missing = store.findMissing(scope, new ReferencedBlobs(store, scope).of(result));
      if (missing.isEmpty() || restorer.restore(scope, missing).containsAll(missing)) {
        return true;
      }
      log.atDebug()
          .addKeyValue("action", key)
          .addKeyValue("missing", missing.size())
          .log("Withheld an action result whose outputs are gone");
    } catch (BlobMissingException e) {
      log.atDebug()
          .addKeyValue("action", key)
          .addKeyValue("tree", e.digest())
          .log("Withheld an action result whose output tree is gone");
    } catch (StatusRuntimeException e) {
      log.atWarn()
          .addKeyValue("action", key)
          .addKeyValue("problem", e.getStatus().getDescription())
          .log("Withheld an action result with a malformed output tree");
    }
    return false;
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    base.put(key, result);
  }
}
