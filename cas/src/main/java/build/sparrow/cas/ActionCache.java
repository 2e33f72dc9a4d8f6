package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.ActionKey;
import java.io.IOException;
import java.util.Optional;

/** Results of actions by key; the last put wins. Safe for many threads; the methods may block. */
public interface ActionCache {
  /** The result that was put last, or empty if there is none that could be used. */
  Optional<ActionResult> get(ActionKey key) throws IOException;

  /**
   * Keeps a result.
   *
   * @throws InvalidActionResultException if it could do harm to who believes it
   */
  void put(ActionKey key, ActionResult result) throws IOException;
}
