package build.sparrow.frontend.execution;

import com.google.longrunning.Operation;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps all that a watcher hears. */
final class RecordingSink implements OperationSink {
  final List<Operation> updates = new ArrayList<>();
  final List<Operation> ends = new ArrayList<>();
  @Nullable StatusRuntimeException failure;

  @Override
  public void update(Operation operation) {
    updates.add(operation);
  }

  @Override
  public void finish(Operation operation) {
    ends.add(operation);
  }

  @Override
  public void fail(StatusRuntimeException why) {
    failure = why;
  }
}
