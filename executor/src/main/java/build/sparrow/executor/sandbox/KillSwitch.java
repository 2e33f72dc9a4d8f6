package build.sparrow.executor.sandbox;

import org.jspecify.annotations.Nullable;

/** Ends what an attempt is doing, whatever that is at the time; once thrown it stays so. */
public final class KillSwitch {
  private boolean isThrown;
  private @Nullable Runnable target;

  /** Ends what is going on now, and whatever would begin later; for any thread. */
  public synchronized void kill() {
    isThrown = true;
    if (target != null) {
      target.run();
    }
  }

  /** Whether somebody asked for the end. */
  public synchronized boolean isThrown() {
    return isThrown;
  }

  /** Says how to end what begins now; that is done at once if the switch was thrown before. */
  public synchronized void arm(Runnable end) {
    target = end;
    if (isThrown) {
      end.run();
    }
  }

  /** Says that what was going on is over. When this returns, its end is not called any more. */
  public synchronized void disarm() {
    target = null;
  }
}
