package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The frontend's half of the scheduler: brings each accepted action to exactly one end, whatever
 * executors, clients and networks do meanwhile.
 *
 * <p>Not safe for use by several threads at once: a shell feeds events one by one and carries the
 * effects out in their order.
 */
public final class OwnerScheduler {
  private final OwnerConfig config;
  private final Alarms alarms = new Alarms();
  private final Acknowledgements acknowledgements;
  private final OperationTable table = new OperationTable();
  private final Pools pools;
  private final Placement placement;
  private final Operations operations;
  private final Clients clients;
  private final Attempts attempts;
  private final Executors executors;
  private boolean started;

  public OwnerScheduler(OwnerConfig config) {
    this.config = config;
    acknowledgements = new Acknowledgements(alarms, config.times().acknowledgement());
    pools = new Pools(config);
    placement = new Placement(config, pools);
    Shares shares = new Shares(config.tenantWeights());
    Estimator estimator = new Estimator();
    operations =
        new Operations(config, table, placement, alarms, acknowledgements, shares, estimator);
    clients = new Clients(config, pools, table, placement, operations, alarms, shares, estimator);
    attempts = new Attempts(config, table, operations, clients, placement, estimator);
    executors = new Executors(config, pools, placement, attempts, alarms);
  }

  /**
   * Takes one step.
   *
   * @param nowNanos nanoseconds since any fixed moment, never less than in the step before
   * @return what must be done, in this order
   */
  public List<OwnerEffect> on(OwnerEvent event, long nowNanos, RandomGenerator random) {
    Turn turn = Turn.at(nowNanos, random);
    if (!started) {
      started = true;
      alarms.set(nowNanos, config.times().settle(), new Alarms.Purpose.EndSettling());
    }
    handle(event, turn);
    for (var due = alarms.pollDue(nowNanos); due != null; due = alarms.pollDue(nowNanos)) {
      ring(due, turn);
    }
    acknowledgements.join(turn);
    return List.copyOf(turn.effects());
  }

  /** When {@link OwnerEvent.Tick} is due; empty if nothing waits for time. */
  public OptionalLong nextTimerNanos() {
    return alarms.next();
  }

  private void handle(OwnerEvent event, Turn turn) {
    switch (event) {
      case OwnerEvent.Submit submit -> clients.submit(submit, turn);
      case OwnerEvent.Watch(var watcher, var operation) -> clients.watch(watcher, operation, turn);
      case OwnerEvent.WatcherLeft(var watcher, var departure) ->
          clients.leave(watcher, departure, turn);
      case OwnerEvent.Cancel(var operation) -> clients.cancel(operation, turn);
      case OwnerEvent.ResultWritten(var operation) -> clients.resultWritten(operation, turn);
      case OwnerEvent.Concluded(var id) -> {
        Operation operation = table.find(id);
        if (operation != null) {
          operations.complete(operation, turn);
        }
      }
      case OwnerEvent.LossNews(var name, var loss) -> executors.news(name, loss, turn);
      case OwnerEvent.DrainAsked(var name, var grace) -> executors.drainAsked(name, grace, turn);
      case OwnerEvent.Tick _ -> {}
      case OwnerEvent.ExecutorJoined hello -> executors.joined(hello, turn);
      case OwnerEvent.HeldAnnounced(var id, var held) ->
          from(id, turn, executor -> attempts.announced(executor, held, turn));
      case OwnerEvent.ExecutorDisconnected(var id) -> executors.disconnected(id, turn);
      case OwnerEvent.ExecutorDraining(var id, var grace) ->
          from(
              id,
              turn,
              executor -> {
                executors.draining(executor, turn);
                attempts.callBack(executor, grace, turn);
                acknowledgements.pay(id, turn);
              });
      case OwnerEvent.Token(var id, var free, var shared) ->
          from(
              id,
              turn,
              executor -> {
                executor.told(free, shared);
                placement.serveIdle(executor, turn);
              });
      case OwnerEvent.Pulled(var id, var free) ->
          from(id, turn, executor -> placement.servePull(executor, free, turn));
      case OwnerEvent.Accepted(var id, var attempt) ->
          from(id, turn, executor -> attempts.accepted(executor, attempt, turn));
      case OwnerEvent.Rejected(var id, var attempt, var free) ->
          from(id, turn, executor -> attempts.rejected(executor, attempt, free, turn));
      case OwnerEvent.Progressed(var id, var progress) ->
          from(id, turn, executor -> attempts.progressed(executor, progress, turn));
      case OwnerEvent.Finished(var id, var attempt, var ending) ->
          from(id, turn, executor -> attempts.finished(executor, attempt, ending, turn));
      case OwnerEvent.HandedBack(var id, var attempt) ->
          from(id, turn, executor -> attempts.handedBack(executor, attempt, turn));
    }
  }

  private void from(ExecutorId id, Turn turn, Consumer<KnownExecutor> step) {
    KnownExecutor executor = executors.heard(id, turn);
    if (executor != null) {
      step.accept(executor);
    }
  }

  private void ring(Alarms.Alarm alarm, Turn turn) {
    switch (alarm.purpose()) {
      case Alarms.Purpose.EndSettling _ -> placement.endSettling(turn);
      case Alarms.Purpose.Abandon(var operation) -> clients.abandon(operation, turn);
      case Alarms.Purpose.EndTakeover(var operation) -> clients.endTakeover(operation, turn);
      case Alarms.Purpose.Forget(var operation) -> clients.forget(operation, turn);
      case Alarms.Purpose.GiveUp(var executor) -> executors.reconnectMissed(alarm, executor, turn);
      case Alarms.Purpose.CheckSilence(var executor) ->
          executors.checkSilence(alarm, executor, turn);
      case Alarms.Purpose.Acknowledge _ -> acknowledgements.payAll(turn);
    }
  }

  /** All that is known now; takes time in proportion to it. */
  public OwnerSnapshot snapshot(long nowNanos) {
    return Snapshots.of(config, pools, table, placement, executors, alarms, nowNanos);
  }

  /**
   * The operation that a result of the action would complete; empty if no such action is in flight,
   * or it may not be cached, or has its result.
   */
  public Optional<OperationId> wanting(ActionId action) {
    return clients.wanting(action);
  }

  /** One operation, to explain to people where it is. */
  public Optional<OperationView> find(OperationId id) {
    return Optional.ofNullable(table.find(id)).map(each -> Snapshots.view(each, placement));
  }
}
