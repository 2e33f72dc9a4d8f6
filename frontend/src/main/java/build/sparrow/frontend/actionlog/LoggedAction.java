package build.sparrow.frontend.actionlog;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.RequestMetadata;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.List;

/**
 * One line of the log; its field names are those of the JSON.
 *
 * @param action its digest, as hash/size
 * @param invocation of the client's tool, as the client names it
 * @param queuedAtMicros when it was admitted, since 1970
 * @param waitMicros until an executor began with it
 * @param inputBytes of all files of its input root, each counted as often as it is there
 * @param outputBytes of its output files; those in output directories are not counted
 * @param needs digests of earlier actions whose outputs are among its inputs
 */
record LoggedAction(
    String action,
    String invocation,
    String mnemonic,
    String target,
    int exitCode,
    long queuedAtMicros,
    long waitMicros,
    long fetchMicros,
    long executeMicros,
    long uploadMicros,
    long inputFiles,
    long inputBytes,
    long outputBytes,
    List<String> needs) {

  static LoggedAction of(String digest, ActionEnvelope action, ActionResult result, Inputs inputs) {
    RequestMetadata origin = action.getRequestMetadata();
    ExecutedActionMetadata times = result.getExecutionMetadata();
    Timestamp queued = times.getQueuedTimestamp();
    return new LoggedAction(
        digest,
        origin.getToolInvocationId(),
        origin.getActionMnemonic(),
        origin.getTargetId(),
        result.getExitCode(),
        Timestamps.toMicros(queued),
        micros(queued, times.getWorkerStartTimestamp()),
        micros(times.getInputFetchStartTimestamp(), times.getInputFetchCompletedTimestamp()),
        micros(times.getExecutionStartTimestamp(), times.getExecutionCompletedTimestamp()),
        micros(times.getOutputUploadStartTimestamp(), times.getOutputUploadCompletedTimestamp()),
        inputs.files(),
        inputs.bytes(),
        result.getOutputFilesList().stream()
            .map(OutputFile::getDigest)
            .mapToLong(each -> each.getSizeBytes())
            .sum(),
        inputs.makers());
  }

  private static long micros(Timestamp from, Timestamp to) {
    // Two machines' clocks may differ by more than there is between them.
    return Math.max(0, Timestamps.toMicros(to) - Timestamps.toMicros(from));
  }
}
