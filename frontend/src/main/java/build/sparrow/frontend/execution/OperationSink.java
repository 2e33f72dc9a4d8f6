package build.sparrow.frontend.execution;

import com.google.longrunning.Operation;
import io.grpc.StatusRuntimeException;

/** Where one watcher hears of its operation; must not block. What comes after an end is dropped. */
interface OperationSink {
  /** The operation is under way; may be left out if the watcher is slow. */
  void update(Operation operation);

  /** The operation has ended. */
  void finish(Operation operation);

  /** There is nothing to follow. */
  void fail(StatusRuntimeException why);
}
