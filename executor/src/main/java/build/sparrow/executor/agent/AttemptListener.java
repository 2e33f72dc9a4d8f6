package build.sparrow.executor.agent;

import build.sparrow.scheduling.Phase;

/** Hears how an attempt goes on, on the thread that runs it. */
interface AttemptListener {
  /** The attempt left the phase before; never REPORTED. */
  void reached(Phase phase);

  /** All processes are dead and the outputs are stored; said once. Tidying up comes after it. */
  void ended(AttemptOutcome outcome);
}
