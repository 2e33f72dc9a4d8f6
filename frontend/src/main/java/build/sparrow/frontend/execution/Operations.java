package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.frontend.scheduling.Dispatcher;
import build.sparrow.frontend.scheduling.Scheduling;
import build.sparrow.frontend.scheduling.Submission;
import build.sparrow.frontend.scheduling.Wire;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.Departure;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.longrunning.Operation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** All operations of this frontend, for any thread: hands over to the loop's thread and back. */
public final class Operations {
  private final Scheduling loop;
  private final Dispatcher dispatcher;
  private final Watchers watchers;
  private final AtomicLong lastWatcher = new AtomicLong();

  /** Takes what lives on the loop's thread. */
  public Operations(Scheduling loop, Dispatcher dispatcher, Watchers watchers) {
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.watchers = watchers;
  }

  /** The number of a new watcher. */
  WatcherId newWatcher() {
    return new WatcherId(lastWatcher.incrementAndGet());
  }

  /**
   * Runs an action for the watcher, or has it follow an equal one in flight.
   *
   * @param mayRun whether an executor may run it for a frontend that is gone only just now
   */
  void submit(Watcher watcher, ActionEnvelope envelope, boolean mayRun) {
    Submission submission = Submission.of(envelope, mayRun);
    onLoop(
        watcher,
        () -> {
          watchers.arrive(watcher);
          dispatcher.submit(watcher.id(), submission);
        });
  }

  /** A fault of ours must not leave a client waiting for ever. */
  private void onLoop(Watcher watcher, Runnable step) {
    loop.post(
        () -> {
          try {
            step.run();
          } catch (RuntimeException e) {
            watchers.leave(watcher.id());
            watcher.sink().fail(ReapiStatus.internal("the scheduler failed: " + e));
            throw e;
          }
        });
  }

  /** Has the watcher follow the operation of its name. */
  void watch(Watcher watcher) {
    onLoop(
        watcher,
        () -> {
          String name = watcher.name();
          TrackedOperation operation = watchers.table().named(name);
          Operation message = watchers.table().message(name);
          if (message != null && watchers.table().endingOfName(name) != null) {
            watcher.sink().finish(message);
            return;
          }
          watchers.arrive(watcher);
          dispatcher.watch(
              watcher.id(), operation == null ? new OperationId(name) : operation.id());
        });
  }

  /** The watcher has gone. */
  void left(WatcherId watcher, Departure departure) {
    loop.post(
        () -> {
          watchers.leave(watcher);
          dispatcher.left(watcher, departure);
        });
  }

  /** Whether a result of the action would complete an operation of this frontend. */
  boolean wantsResultOf(ActionKey action) {
    ActionId id = Wire.actionId(action);
    return loop.ask(() -> dispatcher.wanting(id).isPresent());
  }

  /** Gives whoever waits for the action the result that is in the cache by now. */
  void resultWritten(ActionKey action, ActionResult result) {
    ActionId id = Wire.actionId(action);
    loop.post(
        () ->
            dispatcher
                .wanting(id)
                .ifPresent(operation -> dispatcher.resultWritten(operation, result)));
  }

  /** The operation of that name as it is now; empty if it is not known. */
  Optional<Operation> get(String name) {
    return loop.ask(() -> Optional.ofNullable(watchers.table().message(name)));
  }

  /** Up to {@code limit} operations of an invocation whose names come after {@code after}. */
  List<Operation> list(String invocation, String after, int limit) {
    return loop.ask(
        () ->
            watchers.table().list(invocation, after, limit).stream()
                .map(name -> Objects.requireNonNull(watchers.table().message(name)))
                .toList());
  }

  /** Forgets a name; what it stands for goes on. False if it is not known. */
  boolean delete(String name) {
    return loop.ask(
        () -> {
          boolean known = watchers.table().named(name) != null;
          watchers.table().removeName(name);
          return known;
        });
  }

  /**
   * Cancels the operation of that name: for good if nobody follows it under another name, else for
   * those who follow it under this one. Nothing happens to one that has ended. False if the name is
   * not known.
   */
  boolean cancel(String name) {
    return loop.ask(() -> cancelOnLoop(name));
  }

  private boolean cancelOnLoop(String name) {
    TrackedOperation operation = watchers.table().named(name);
    if (operation == null) {
      return false;
    }
    List<Watcher> all = List.copyOf(operation.watchers().values());
    if (all.stream().allMatch(watcher -> watcher.name().equals(name))) {
      dispatcher.cancel(operation.id());
      return true;
    }
    ExecuteResponse cancelled =
        ExecuteResponse.newBuilder()
            .setStatus(
                ReapiStatus.toProto(
                    ReapiStatus.cancelled("the operation was cancelled by its name")))
            .build();
    watchers.endName(operation, name, cancelled);
    for (Watcher watcher : all) {
      if (watcher.name().equals(name)) {
        dispatcher.left(watcher.id(), Departure.CANCELLED);
      }
    }
    return true;
  }

  /** The name under which the scheduler knows what a client calls by that name. */
  public Optional<OperationId> resolve(String name) {
    return loop.ask(
        () -> Optional.ofNullable(watchers.table().named(name)).map(TrackedOperation::id));
  }
}
