package build.sparrow.executor.sandbox;

import java.io.IOException;

/** Runs the command of one action to its end, together with everything that it starts. */
public interface ActionRunner {
  /**
   * Runs a command. When this returns, none of its processes lives.
   *
   * <p>To be called from a platform thread that lives longer than the action: the command is killed
   * when the thread that started it ends.
   *
   * @param killSwitch ends the command at once; for any thread
   * @throws SandboxException if the sandbox could not be made, which is not the action's fault
   */
  RunResult run(RunRequest request, KillSwitch killSwitch) throws IOException;
}
