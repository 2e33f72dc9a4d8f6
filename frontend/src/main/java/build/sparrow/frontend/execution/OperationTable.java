package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.scheduling.OperationId;
import com.google.longrunning.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Operations by the names that clients know them by. Each Execute has a name of its own, also when
 * its action was merged with one in flight: so who cancels a name cancels nobody else's work. For
 * the loop's thread.
 */
final class OperationTable {
  /** The most bytes of results that are kept for those who ask again. */
  static final long MAX_RETAINED_BYTES = 64L << 20;

  /**
   * One name.
   *
   * @param invocation of the tool that executed it; empty if unknown
   * @param ending of this name alone, if it did not end with the operation
   */
  private record Name(
      TrackedOperation operation, String invocation, @Nullable ExecuteResponse ending) {}

  private final Map<OperationId, TrackedOperation> operations = new HashMap<>();
  private final TreeMap<String, Name> names = new TreeMap<>();
  private final Deque<TrackedOperation> retained = new ArrayDeque<>();
  private long retainedBytes;

  void add(TrackedOperation operation) {
    operations.put(operation.id(), operation);
    names.put(operation.id().value(), new Name(operation, "", null));
  }

  @Nullable TrackedOperation find(OperationId id) {
    return operations.get(id);
  }

  /** The operation behind a name. */
  @Nullable TrackedOperation named(String name) {
    Name known = names.get(name);
    return known == null ? null : known.operation();
  }

  /** Makes a name stand for the operation. */
  void nameAlso(TrackedOperation operation, String name, String invocation) {
    Name known = names.get(name);
    if (known == null || known.invocation().isEmpty()) {
      names.put(name, new Name(operation, invocation, known == null ? null : known.ending()));
      operation.names().add(name);
    }
  }

  /** Ends a name, while its operation goes on. */
  void endName(String name, ExecuteResponse ending) {
    names.computeIfPresent(
        name, (_, known) -> new Name(known.operation(), known.invocation(), ending));
  }

  /** How a name ended without its operation; null if it did not. */
  @Nullable ExecuteResponse endingOfName(String name) {
    Name known = names.get(name);
    return known == null ? null : known.ending();
  }

  /** The operation as it is now; null if the name is unknown. */
  @Nullable Operation message(String name) {
    Name known = names.get(name);
    if (known == null) {
      return null;
    }
    ExecuteResponse ending = known.ending();
    return ending == null
        ? known.operation().message(name)
        : OperationMessages.finished(name, known.operation().facts().key(), ending);
  }

  /** Up to {@code limit} names of an invocation, in order, after {@code after}. */
  List<String> list(String invocation, String after, int limit) {
    List<String> found = new ArrayList<>();
    for (var entry : names.tailMap(after, false).entrySet()) {
      if (found.size() == limit) {
        break;
      }
      if (entry.getValue().invocation().equals(invocation)) {
        found.add(entry.getKey());
      }
    }
    return found;
  }

  /** Forgets one name. */
  void removeName(String name) {
    Name known = names.remove(name);
    if (known != null) {
      known.operation().names().remove(name);
    }
  }

  /**
   * Counts the result of an operation that has ended; the oldest are dropped when it is too much.
   */
  void retain(TrackedOperation operation, ExecuteResponse response) {
    retained.add(operation);
    retainedBytes += response.getSerializedSize();
    while (retainedBytes > MAX_RETAINED_BYTES && retained.size() > 1) {
      remove(retained.element());
    }
  }

  void remove(TrackedOperation operation) {
    operations.remove(operation.id());
    operation.names().forEach(names::remove);
    ExecuteResponse ending = operation.ending();
    // Operations end and are forgotten in about the same order, so this looks at the first ones.
    if (ending != null && retained.remove(operation)) {
      retainedBytes -= ending.getSerializedSize();
    }
  }
}
