package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.cas.ActionCache;
import build.sparrow.frontend.scheduling.ResultRecorder;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Ending;
import com.google.rpc.Code;
import com.google.rpc.Status;
import io.prometheus.client.Counter;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes results into the action cache: of processes that ended by themselves with exit code 0, and
 * unless the action forbids it. A cache that cannot be written costs a later run of the action, not
 * this one.
 */
public final class CachingRecorder implements ResultRecorder {
  private static final Logger log = LoggerFactory.getLogger(CachingRecorder.class);
  private static final Counter FAILURES =
      Counter.build(
              "sparrow_frontend_cache_write_failures",
              "Results that could not be written into the action cache")
          .register();

  private final ActionCache cache;
  private final Executor writers;
  private final Runnable inputsWentMissing;

  /**
   * Takes where results go.
   *
   * @param writers runs what may block
   * @param inputsWentMissing called when an executor did not find an input
   */
  public CachingRecorder(ActionCache cache, Executor writers, Runnable inputsWentMissing) {
    this.cache = cache;
    this.writers = writers;
    this.inputsWentMissing = inputsWentMissing;
  }

  @Override
  public void record(ActionEnvelope action, Done done, Runnable then) {
    if (ReapiStatus.preconditionFailure(done.getStatus()) != null) {
      inputsWentMissing.run();
    }
    if (!cacheable(action, done)) {
      then.run();
      return;
    }
    writers.execute(
        () -> {
          try {
            write(action, done.getResult());
          } finally {
            then.run();
          }
        });
  }

  static boolean cacheable(ActionEnvelope action, Done done) {
    Status status = done.getStatus();
    return done.getEnding() == Ending.DECIDED
        && status.getCode() == Code.OK_VALUE
        && done.hasResult()
        && done.getResult().getExitCode() == 0
        && !action.getAction().getDoNotCache();
  }

  private void write(ActionEnvelope action, ActionResult result) {
    try {
      ActionKey key =
          ActionKey.parse(
              action.getInstanceName(), action.getDigestFunction(), action.getActionDigest());
      cache.put(key, withoutInlined(result));
    } catch (IOException | RuntimeException e) {
      FAILURES.inc();
      log.atWarn()
          .addKeyValue("action", action.getActionDigest().getHash())
          .addKeyValue("reason", e.getMessage())
          .log("Result could not be cached, returning it all the same");
      log.atDebug().setCause(e).log("Why the result could not be cached");
    }
  }

  /** What one client wanted inlined is not for all; what is in the store is read from there. */
  private static ActionResult withoutInlined(ActionResult result) {
    ActionResult.Builder plain = result.toBuilder();
    if (result.hasStdoutDigest()) {
      plain.clearStdoutRaw();
    }
    if (result.hasStderrDigest()) {
      plain.clearStderrRaw();
    }
    plain.getOutputFilesBuilderList().forEach(OutputFile.Builder::clearContents);
    return plain.build();
  }
}
