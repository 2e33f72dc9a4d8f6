package build.sparrow.frontend.scheduling;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.LossClass;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.Departure;
import build.sparrow.scheduling.owner.OfferedAttempt;
import build.sparrow.scheduling.owner.OperationView;
import build.sparrow.scheduling.owner.OwnerEffect;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.OwnerScheduler;
import build.sparrow.scheduling.owner.OwnerSnapshot;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.HeldAttempt;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Welcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the owner's scheduler with what clients and executors say, and does what it wants done, in
 * order. Keeps what the scheduler never sees: envelopes, results, the ways to executors. For the
 * loop's thread only.
 */
public final class Dispatcher implements SchedulerLoop.Timer {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final OwnerScheduler scheduler;
  private final Welcome welcome;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Scheduling loop;
  private final ResultRecorder recorder;
  private final OperationListener listener;

  private final Payloads payloads = new Payloads();
  private final ExecutorLinks links =
      new ExecutorLinks(executor -> feed(new OwnerEvent.ExecutorDisconnected(executor)));
  private final Deque<OwnerEvent> events = new ArrayDeque<>();
  private boolean feeding;

  /**
   * Takes the scheduler and those who hear of it.
   *
   * @param welcome what each executor is answered first
   * @param loop on whose thread this is used
   */
  public Dispatcher(
      OwnerScheduler scheduler,
      Welcome welcome,
      LongSupplier nanoTime,
      RandomGenerator random,
      Scheduling loop,
      ResultRecorder recorder,
      OperationListener listener) {
    this.scheduler = scheduler;
    this.welcome = welcome;
    this.nanoTime = nanoTime;
    this.random = random;
    this.loop = loop;
    this.recorder = recorder;
    this.listener = listener;
  }

  // From clients.

  /** Runs an action, or has the watcher follow an equal one in flight. */
  public void submit(WatcherId watcher, Submission submission) {
    payloads.add(submission.envelope());
    feed(
        new OwnerEvent.Submit(
            watcher,
            submission.operation(),
            submission.action(),
            submission.platform(),
            submission.envelope().getPriority(),
            submission.mergeable(),
            submission.origin(),
            submission.mayRun()));
    forgetUnlessOpened(submission.operation());
  }

  /** Has the watcher follow an operation. */
  public void watch(WatcherId watcher, OperationId operation) {
    feed(new OwnerEvent.Watch(watcher, operation));
  }

  /** The watcher follows no more. */
  public void left(WatcherId watcher, Departure departure) {
    feed(new OwnerEvent.WatcherLeft(watcher, departure));
  }

  /** Ends an operation for all who follow it. */
  public void cancel(OperationId operation) {
    feed(new OwnerEvent.Cancel(operation));
  }

  /** The operation that a result of the action would complete; empty if there is none. */
  public Optional<OperationId> wanting(ActionId action) {
    return scheduler.wanting(action);
  }

  /** Completes an operation with what a client has put into the cache for its action. */
  public void resultWritten(OperationId operation, ActionResult result) {
    OperationPayload payload = payloads.of(operation);
    if (payload != null) {
      payload.written(result);
      feed(new OwnerEvent.ResultWritten(operation));
    }
  }

  // From people and the operator.

  /**
   * Has an executor take no more work; empty if none of that name is connected.
   *
   * @param grace how long what it runs may go on; null for what its pool grants
   */
  public Optional<OwnerSnapshot.Executor> drain(String executorName, @Nullable Duration grace) {
    Optional<OwnerSnapshot.Executor> executor =
        snapshot().executors().stream()
            .filter(candidate -> candidate.id().name().equals(executorName))
            .findFirst();
    if (executor.isPresent()) {
      feed(new OwnerEvent.DrainAsked(executorName, grace));
    }
    return executor;
  }

  /** Hears why an executor is lost, or about to be. */
  public void lossNews(String executorName, LossClass loss) {
    feed(new OwnerEvent.LossNews(executorName, loss));
  }

  /** All that the scheduler knows. */
  public OwnerSnapshot snapshot() {
    return scheduler.snapshot(nanoTime.getAsLong());
  }

  /** One operation; empty if it is not known. */
  public Optional<OperationView> view(OperationId operation) {
    return scheduler.find(operation);
  }

  // From executors.

  /** An executor has said Hello on a new stream; an older one of the same executor is closed. */
  void joined(ExecutorLink link, OwnerEvent.ExecutorJoined joined, List<HeldAttempt> held) {
    links.open(link);
    log.atInfo()
        .addKeyValue("executor", joined.executor().name())
        .addKeyValue("pool", joined.pool())
        .addKeyValue("slots", joined.slots())
        .addKeyValue("held", held.size())
        .log("Executor connected");
    feedHeld(joined, held);
  }

  private void feedHeld(OwnerEvent event, List<HeldAttempt> held) {
    for (HeldAttempt attempt : held) {
      payloads.begin(payloads.add(attempt.getAction()), Wire.attempt(attempt.getAttempt()));
    }
    feed(event);
    for (HeldAttempt attempt : held) {
      forgetUnlessOpened(new OperationId(attempt.getAction().getOperation()));
    }
  }

  /** An executor has said something else; ignored if the link is not its newest. */
  void said(ExecutorLink link, OwnerEvent event, ExecutorMessage message) {
    if (!links.isCurrent(link)) {
      return;
    }
    if (event instanceof OwnerEvent.HeldAnnounced) {
      feedHeld(event, message.getAnnounce().getHeldList());
      return;
    }
    if (event instanceof OwnerEvent.Finished finished) {
      payloads.ended(finished.attempt(), message.getDone());
    } else if (event instanceof OwnerEvent.Rejected rejected) {
      payloads.drop(rejected.attempt());
    }
    feed(event);
  }

  /** The stream of an executor has ended. */
  void gone(ExecutorLink link) {
    if (links.ended(link)) {
      log.atInfo().addKeyValue("executor", link.executor().name()).log("Executor disconnected");
      feed(new OwnerEvent.ExecutorDisconnected(link.executor()));
    }
  }

  /** Ends all streams of executors; they may come back. */
  public void disconnectAll() {
    links.closeAll();
  }

  // Time.

  @Override
  public OptionalLong nextNanos() {
    return scheduler.nextTimerNanos();
  }

  @Override
  public void tick() {
    feed(new OwnerEvent.Tick());
  }

  // The scheduler.

  /** Effects may cause events of their own; those wait until the effects before are applied. */
  private void feed(OwnerEvent event) {
    events.add(event);
    if (feeding) {
      return;
    }
    feeding = true;
    try {
      for (OwnerEvent next = events.poll(); next != null; next = events.poll()) {
        for (OwnerEffect effect : scheduler.on(next, nanoTime.getAsLong(), random)) {
          apply(effect, next);
        }
      }
    } finally {
      feeding = false;
    }
  }

  private void apply(OwnerEffect effect, OwnerEvent cause) {
    switch (effect) {
      case OwnerEffect.Follow(var watcher, var operation, var stage, var executor) -> {
        open(operation);
        listener.following(watcher, operation, stage, executor);
      }
      case OwnerEffect.UnknownOperation(var watcher, _) -> listener.unknown(watcher);
      case OwnerEffect.Unsatisfiable(var watcher, var nearestPool, var differences) ->
          listener.unsatisfiable(watcher, wantedBy(cause), nearestPool, differences);
      case OwnerEffect.Shed(var watcher, var queued, var bound) ->
          listener.shed(watcher, queued, bound);
      case OwnerEffect.StageChanged(var operation, var stage, var executor) ->
          stageChanged(operation, stage, executor);
      case OwnerEffect.Conclude(var operation, var _, var attempt) -> conclude(operation, attempt);
      case OwnerEffect.Completed(var operation, var attempt) ->
          end(operation, payload -> Responses.of(payload, ending(attempt)));
      case OwnerEffect.CompletedFromCache(var operation) -> end(operation, Responses::ofWritten);
      case OwnerEffect.Fail(var operation, var failure) ->
          end(operation, payload -> Responses.of(payload, failure));
      case OwnerEffect.Forget(var operation) -> {
        payloads.remove(operation);
        listener.forgotten(operation);
      }
      case OwnerEffect.Adopted(var operation, _, _) -> open(operation);
      case OwnerEffect.SendWelcome(var executor, var counted) ->
          links.welcome(executor, welcome.toBuilder().putAllCounted(counted).build());
      case OwnerEffect.SendOffer(var executor, var offer) ->
          offers(List.of(offer)).forEach(message -> links.offer(executor, message));
      case OwnerEffect.SendPullReply(var executor, var offers, var overdueNanos) ->
          links.pullReply(executor, offers(offers), overdueNanos);
      case OwnerEffect.SendReserve(var executor, var count, var overdueNanos) ->
          links.reserve(executor, count, overdueNanos);
      case OwnerEffect.SendCancelReserve(var executor, var count) ->
          links.cancelReserve(executor, count);
      case OwnerEffect.SendRoomWanted(var executor, var room) -> links.wantRoom(executor, room);
      case OwnerEffect.SendKill(var executor, var attempt) -> links.kill(executor, attempt);
      case OwnerEffect.SendAck(var executor, var attempt) -> {
        payloads.acknowledged(attempt);
        links.ack(executor, attempt);
      }
      case OwnerEffect.SendDrain(var executor, var grace) -> links.drain(executor, grace);
      case OwnerEffect.Disconnect(var executor) -> links.disconnect(executor);
    }
  }

  private static Platform wantedBy(OwnerEvent cause) {
    return cause instanceof OwnerEvent.Submit submit ? submit.platform() : Platform.ANY;
  }

  private List<Offer> offers(List<OfferedAttempt> offered) {
    List<Offer> offers = new ArrayList<>();
    for (OfferedAttempt attempt : offered) {
      Offer offer = payloads.offer(attempt);
      if (offer == null) {
        log.atError().addKeyValue("attempt", attempt).log("No envelope for an offer");
      } else {
        offers.add(offer);
      }
    }
    return offers;
  }

  private void stageChanged(OperationId operation, Stage stage, @Nullable ExecutorId executor) {
    OperationPayload payload = payloads.of(operation);
    if (payload != null && stage == Stage.EXECUTING && executor != null) {
      payload.triedOn(executor);
    }
    listener.stageChanged(operation, stage, executor);
  }

  private void conclude(OperationId operation, AttemptId attempt) {
    OperationPayload payload = payloads.of(operation);
    Runnable concluded = () -> loop.post(() -> feed(new OwnerEvent.Concluded(operation)));
    if (payload == null) {
      log.atError().addKeyValue("operation", operation).log("No envelope for a result");
      events.add(new OwnerEvent.Concluded(operation));
    } else {
      recorder.record(payload.envelope(), ending(attempt), concluded);
    }
  }

  /** What the executor said of the attempt's end; it said so before the scheduler heard of it. */
  private Done ending(AttemptId attempt) {
    Done done = payloads.ending(attempt);
    if (done != null) {
      return done;
    }
    log.atError().addKeyValue("attempt", attempt).log("No result for an attempt that has ended");
    return Done.newBuilder()
        .setStatus(ReapiStatus.toProto(ReapiStatus.internal("the result of the action was lost")))
        .build();
  }

  private void end(OperationId operation, Function<OperationPayload, ExecuteResponse> response) {
    OperationPayload payload = payloads.of(operation);
    if (payload != null) {
      listener.ended(operation, response.apply(payload));
      // It can be asked for its end a while longer, but never be run again.
      payloads.remove(operation);
    }
  }

  /** Tells the listener of the operation, once. */
  private void open(OperationId operation) {
    OperationPayload payload = payloads.of(operation);
    if (payload != null && !payload.opened()) {
      payload.open();
      ActionEnvelope envelope = payload.envelope();
      listener.opened(
          operation, new OperationFacts(Wire.actionKey(envelope), envelope.getQueuedTimestamp()));
    }
  }

  /** An operation that did not come about, because it was merged or refused, leaves nothing. */
  private void forgetUnlessOpened(OperationId operation) {
    OperationPayload payload = payloads.of(operation);
    if (payload != null && !payload.opened()) {
      payloads.remove(operation);
    }
  }
}
