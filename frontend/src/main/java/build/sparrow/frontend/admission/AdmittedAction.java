package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.PlatformKey;
import java.time.Duration;

/**
 * An action that passed every check, with its inputs in the store.
 *
 * @param platform what it asks of an executor
 * @param timeout its own or the farm's default, more than 0
 */
public record AdmittedAction(
    ActionKey key, Action action, Command command, PlatformKey platform, Duration timeout) {
  /** Whether equal actions may share one run and the action cache may keep the result. */
  public boolean cacheable() {
    return !action.getDoNotCache();
  }
}
