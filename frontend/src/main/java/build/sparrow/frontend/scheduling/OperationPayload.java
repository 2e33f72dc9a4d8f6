package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.v1.ActionEnvelope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the shell keeps of an operation that the scheduler never sees; for the loop's thread. */
final class OperationPayload {
  /** The most executors that are remembered to have been tried. */
  private static final int MAX_TRIED = 16;

  private final ActionEnvelope envelope;
  private final Set<AttemptId> attempts = new HashSet<>();
  private final List<ExecutorId> tried = new ArrayList<>();
  private String lastFailure = "";
  private ActionResult written = ActionResult.getDefaultInstance();
  private boolean opened;

  OperationPayload(ActionEnvelope envelope) {
    this.envelope = envelope;
  }

  ActionEnvelope envelope() {
    return envelope;
  }

  /** Whether the listener knows of the operation. */
  boolean opened() {
    return opened;
  }

  void open() {
    opened = true;
  }

  /** Attempts at it whose end is not known. */
  Set<AttemptId> attempts() {
    return attempts;
  }

  void triedOn(ExecutorId executor) {
    if (tried.size() < MAX_TRIED) {
      tried.add(executor);
    }
  }

  /** The executors that ran it, in order, each as often as it did. */
  List<ExecutorId> tried() {
    return tried;
  }

  /** A client has put this result into the cache. */
  void written(ActionResult result) {
    written = result;
  }

  /** The result that a client put into the cache last; empty if none did. */
  ActionResult written() {
    return written;
  }

  void failed(String reason) {
    lastFailure = reason;
  }

  /** What the last executor that failed said; empty if none said anything. */
  String lastFailure() {
    return lastFailure;
  }
}
