package build.sparrow.executor.agent;

import build.sparrow.cas.BlobStore;
import build.sparrow.executor.input.InputCache;
import build.sparrow.executor.input.InputTrees;
import build.sparrow.executor.output.OutputLimits;
import build.sparrow.executor.sandbox.ActionRunner;
import build.sparrow.executor.sandbox.KillSwitch;
import build.sparrow.scheduling.v1.ActionEnvelope;
import java.time.InstantSource;

/**
 * Takes attempts all the way: inputs to disk, the command in its sandbox, outputs to the store.
 *
 * @param worker the executor's name, for the result
 * @param clock for the times in the result
 */
record AttemptRunner(
    String worker,
    BlobStore store,
    InputTrees trees,
    InputCache inputs,
    ActionRunner actions,
    Workspace workspace,
    OutputLimits limits,
    InstantSource clock) {
  /**
   * Runs one attempt. To be called from a platform thread that lives longer than the attempt.
   *
   * @param killSwitch ends it, whatever it is doing
   * @param listener hears of its end exactly once, unless this throws
   */
  void run(ActionEnvelope envelope, KillSwitch killSwitch, AttemptListener listener) {
    try (AttemptRun run = new AttemptRun(this, envelope, killSwitch, listener)) {
      listener.ended(run.outcome());
    }
  }
}
