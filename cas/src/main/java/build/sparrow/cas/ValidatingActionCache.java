package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.validation.ActionResultRules;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps results out that could do harm to clients, which write outputs where a result says: such a
 * result is not stored, and one that is there nevertheless is a miss.
 */
public final class ValidatingActionCache implements ActionCache {
  private static final Logger log = LoggerFactory.getLogger(ValidatingActionCache.class);

  private final ActionCache base;

  public ValidatingActionCache(ActionCache base) {
    this.base = base;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    return base.get(key).filter(result -> isValid(key, result));
  }

  private static boolean isValid(ActionKey key, ActionResult result) {
    try {
      ActionResultRules.check(result, key.function());
      return true;
    } catch (StatusRuntimeException e) {
      log.atWarn()
          .addKeyValue("action", key)
          .addKeyValue("problem", e.getStatus().getDescription())
          .log("Withheld an action result that is not valid");
      return false;
    }
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    try {
      ActionResultRules.check(result, key.function());
    } catch (StatusRuntimeException e) {
      throw new InvalidActionResultException(
          "The result of action %s is not valid: %s".formatted(key, e.getStatus().getDescription()),
          e);
    }
    base.put(key, result);
  }
}
