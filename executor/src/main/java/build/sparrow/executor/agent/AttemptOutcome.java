package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.scheduling.Ending;
import com.google.rpc.Status;

/**
 * What came of one attempt.
 *
 * @param status OK if the command ran to its end, whatever its exit code
 * @param result empty if the command did not run
 */
record AttemptOutcome(Ending ending, Status status, ActionResult result) {
  /** Without a result. */
  static AttemptOutcome of(Ending ending, Status status) {
    return new AttemptOutcome(ending, status, ActionResult.getDefaultInstance());
  }
}
