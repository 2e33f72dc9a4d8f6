package build.sparrow.frontend.actionlog;

import build.sparrow.frontend.scheduling.ResultRecorder;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;

/** Logs each action that an executor ran to its end, whatever its exit code. */
public final class LoggingRecorder implements ResultRecorder {
  private final ResultRecorder recorder;
  private final ActionLog log;

  public LoggingRecorder(ResultRecorder recorder, ActionLog log) {
    this.recorder = recorder;
    this.log = log;
  }

  @Override
  public void record(ActionEnvelope action, Done done, Runnable then) {
    recorder.record(action, done, then);
    if (done.hasResult()) {
      log.add(action, done.getResult());
    }
  }
}
