package build.sparrow.frontend.scheduling;

import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;

/** Keeps what an attempt came to, before anyone is told of it. */
public interface ResultRecorder {
  /**
   * Keeps the result if it may be kept; does not block.
   *
   * @param then to be called once, from any thread, when the result is kept or cannot be kept
   */
  void record(ActionEnvelope action, Done done, Runnable then);
}
