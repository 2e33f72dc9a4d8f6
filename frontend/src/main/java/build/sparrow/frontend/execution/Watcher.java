package build.sparrow.frontend.execution;

import build.sparrow.scheduling.WatcherId;
import org.jspecify.annotations.Nullable;

/** One call that follows an operation under a name; for the loop's thread. */
final class Watcher {
  private final WatcherId id;
  private final String name;
  private final String invocation;
  private final InlineWishes wishes;
  private final OperationSink sink;
  private @Nullable TrackedOperation operation;
  private long toldNanos;

  /**
   * Takes who watches what.
   *
   * @param name under which the client knows the operation
   * @param invocation of the tool that calls; empty if it does not say
   */
  Watcher(WatcherId id, String name, String invocation, InlineWishes wishes, OperationSink sink) {
    this.id = id;
    this.name = name;
    this.invocation = invocation;
    this.wishes = wishes;
    this.sink = sink;
  }

  WatcherId id() {
    return id;
  }

  String name() {
    return name;
  }

  String invocation() {
    return invocation;
  }

  InlineWishes wishes() {
    return wishes;
  }

  OperationSink sink() {
    return sink;
  }

  /** What it follows; null until the scheduler has said so. */
  @Nullable TrackedOperation operation() {
    return operation;
  }

  void follow(TrackedOperation operation) {
    this.operation = operation;
  }

  /** When it last heard of its operation. */
  long toldNanos() {
    return toldNanos;
  }

  void told(long nanos) {
    toldNanos = nanos;
  }
}
