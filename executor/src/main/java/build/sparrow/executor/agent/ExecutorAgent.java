package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.Platform;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorEffect;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.executor.Offered;
import build.sparrow.scheduling.v1.Accept;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Announce;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Drain;
import build.sparrow.scheduling.v1.Draining;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.HandBack;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Pull;
import build.sparrow.scheduling.v1.Reject;
import build.sparrow.scheduling.v1.Token;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the scheduler and the world: turns messages of frontends and news of slots into
 * events, and the scheduler's effects into messages and work.
 */
final class ExecutorAgent {
  private static final Logger log = LoggerFactory.getLogger(ExecutorAgent.class);

  private final Identity identity;
  private final SchedulerLoop loop;
  private final AttemptRunner runner;
  private final ExecutorService slots;
  private final Dialler dialler;
  private final RandomGenerator random;

  // Used on the loop's thread only.
  private final Map<FrontendId, FrontendLink> links = new TreeMap<>();
  private boolean isDisconnected;
  private final Map<AttemptId, HeldAttempt> held = new HashMap<>();

  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile @Nullable String obstacle = "it has not looked for frontends yet";

  /**
   * Makes an agent that does nothing yet.
   *
   * @param slots platform threads, one a slot, that live as long as the agent
   */
  ExecutorAgent(
      Identity identity,
      SchedulerLoop loop,
      AttemptRunner runner,
      ExecutorService slots,
      Dialler dialler,
      RandomGenerator random) {
    this.identity = identity;
    this.loop = loop;
    this.runner = runner;
    this.slots = slots;
    this.dialler = dialler;
    this.random = random;
  }

  /**
   * Who this executor is.
   *
   * @param incarnation new at each start
   * @param isolationLevel what it has proven of its sandbox
   * @param drainTimeout what running actions get when a frontend asks for a drain
   */
  record Identity(
      String name,
      String incarnation,
      String pool,
      Platform platform,
      String isolationLevel,
      int slots,
      Duration drainTimeout) {}

  /** Begins; connects to nobody yet. */
  void start() {
    loop.start(this::perform);
  }

  /**
   * Says where frontends are from now on. One that is listed no more is given up once it does not
   * answer.
   */
  void list(Set<FrontendId> places) {
    loop.post(
        () -> {
          if (isDisconnected) {
            return;
          }
          for (FrontendId place : places) {
            links.computeIfAbsent(place, this::connect);
          }
          for (FrontendLink link : List.copyOf(links.values())) {
            link.list(places.contains(link.id()));
            abandonIfGone(link);
          }
          updateObstacle();
        });
  }

  private FrontendLink connect(FrontendId place) {
    FrontendLink link =
        new FrontendLink(place, dialler.dial(place), loop, random, new FrontendInbox());
    // Later: opening says hello, for which the link must be known.
    loop.post(link::open);
    return link;
  }

  private void abandonIfGone(FrontendLink link) {
    if (link.isGone() && links.remove(link.id(), link)) {
      link.abandon();
    }
  }

  private void updateObstacle() {
    obstacle =
        links.values().stream().anyMatch(FrontendLink::isWelcome)
            ? null
            : "no frontend answers; known are: "
                + (links.isEmpty()
                    ? "none"
                    : links.keySet().stream()
                        .map(FrontendId::value)
                        .collect(Collectors.joining(", ")));
  }

  /** Why no work can come, from any thread; empty while it can. */
  Optional<String> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /** Takes no more work from now on. The future ends when nothing runs, or after the grace. */
  Future<@Nullable Void> drain(Duration grace) {
    loop.post(new ExecutorEvent.DrainAsked(grace));
    return drained;
  }

  /**
   * Ends the streams after all that was sent on them.
   *
   * @return when that is under way: the channels, for the caller to shut down
   */
  Future<List<ManagedChannel>> disconnect() {
    CompletableFuture<List<ManagedChannel>> done = new CompletableFuture<>();
    loop.post(
        () -> {
          isDisconnected = true;
          links.values().forEach(FrontendLink::close);
          done.complete(links.values().stream().map(FrontendLink::channel).toList());
        });
    return done;
  }

  /** Hears frontends, on the loop's thread. */
  private final class FrontendInbox implements FrontendLink.Inbox {
    @Override
    public void received(FrontendId frontend, FrontendMessage message) {
      ExecutorAgent.this.received(frontend, message);
    }

    @Override
    public void changed(FrontendLink link) {
      abandonIfGone(link);
      updateObstacle();
    }
  }

  private void received(FrontendId from, FrontendMessage message) {
    switch (message.getMessageCase()) {
      case WELCOME ->
          loop.feed(
              new ExecutorEvent.Welcomed(
                  from, message.getWelcome().getEpoch(), message.getWelcome().getCountedMap()));
      case OFFER -> loop.feed(new ExecutorEvent.OfferReceived(from, hold(message.getOffer())));
      case PULL_REPLY -> {
        List<Offered> offers =
            message.getPullReply().getOffersList().stream().map(this::hold).toList();
        loop.feed(
            new ExecutorEvent.PullAnswered(
                from,
                offers,
                TimeUnit.MICROSECONDS.toNanos(message.getPullReply().getOverdueMicros())));
      }
      case RESERVE ->
          loop.feed(
              new ExecutorEvent.Reserved(
                  from,
                  message.getReserve().getCount(),
                  TimeUnit.MICROSECONDS.toNanos(message.getReserve().getOverdueMicros())));
      case CANCEL_RESERVE ->
          loop.feed(
              new ExecutorEvent.ReservationsCancelled(from, message.getCancelReserve().getCount()));
      case ROOM_WANTED ->
          loop.feed(
              new ExecutorEvent.RoomWanted(
                  from,
                  new Resources(
                      message.getRoomWanted().getSlots(),
                      message.getRoomWanted().getAmountsMap())));
      case KILL ->
          loop.feed(
              new ExecutorEvent.KillReceived(
                  from, WireMessages.attempt(message.getKill().getAttempt())));
      case DONE_ACK ->
          loop.feed(
              new ExecutorEvent.Acknowledged(
                  from, WireMessages.attempt(message.getDoneAck().getAttempt())));
      case DRAIN -> loop.feed(new ExecutorEvent.DrainAsked(grace(message.getDrain())));
      case MESSAGE_NOT_SET ->
          throw new IllegalArgumentException("The message is empty, or of a later version");
    }
  }

  private Duration grace(Drain drain) {
    return drain.hasGrace() ? WireMessages.duration(drain.getGrace()) : identity.drainTimeout();
  }

  /** Keeps what an offer carries, for the case that the scheduler accepts it. */
  private Offered hold(Offer offer) {
    AttemptId attempt = WireMessages.attempt(offer.getAttempt());
    held.putIfAbsent(attempt, new HeldAttempt(offer.getAction()));
    return new Offered(
        attempt,
        actionId(offer.getAction()),
        new Resources(1, offer.getTakenMap()),
        offer.getAlone());
  }

  /** By the name that frontends have for it, too, so that all agree on whose it is. */
  private static ActionId actionId(ActionEnvelope envelope) {
    return new ActionId(
        ActionKey.parse(
                envelope.getInstanceName(),
                envelope.getDigestFunction(),
                envelope.getActionDigest())
            .toString());
  }

  private void perform(ExecutorEffect effect) {
    switch (effect) {
      case ExecutorEffect.SendAnnounce(var frontend, var attempts) ->
          send(
              frontend,
              ExecutorMessage.newBuilder()
                  .setAnnounce(Announce.newBuilder().addAllHeld(held(attempts))));
      case ExecutorEffect.SendHello(var frontend, var attempts, var draining) ->
          send(frontend, ExecutorMessage.newBuilder().setHello(hello(attempts, draining)));
      case ExecutorEffect.SendToken(var frontend, var free, var shared) ->
          send(
              frontend,
              ExecutorMessage.newBuilder()
                  .setToken(
                      Token.newBuilder()
                          .setFreeSlots(free.slots())
                          .putAllFreeAmounts(free.amounts())
                          .setShared(shared)));
      case ExecutorEffect.SendAccept(var frontend, var attempt) -> accept(frontend, attempt);
      case ExecutorEffect.SendReject(var frontend, var attempt, var free) ->
          reject(frontend, attempt, free);
      case ExecutorEffect.SendPull(var frontend, var free) ->
          send(
              frontend,
              ExecutorMessage.newBuilder()
                  .setPull(
                      Pull.newBuilder()
                          .setFreeSlots(free.slots())
                          .putAllFreeAmounts(free.amounts())));
      case ExecutorEffect.SendProgress(var frontend, var attempts) ->
          link(frontend)
              .sendIfReady(
                  ExecutorMessage.newBuilder()
                      .setProgress(WireMessages.progress(attempts))
                      .build());
      case ExecutorEffect.SendDone(var frontend, var attempt, var ending) ->
          send(frontend, ExecutorMessage.newBuilder().setDone(done(attempt, ending)));
      case ExecutorEffect.SendHandBack(var frontend, var attempt) ->
          send(
              frontend,
              ExecutorMessage.newBuilder()
                  .setHandBack(HandBack.newBuilder().setAttempt(WireMessages.attempt(attempt))));
      case ExecutorEffect.SendDraining(var frontend, var grace) ->
          send(
              frontend,
              ExecutorMessage.newBuilder()
                  .setDraining(Draining.newBuilder().setGrace(ProtoTimes.duration(grace))));
      case ExecutorEffect.Start(var attempt) -> startAttempt(attempt);
      case ExecutorEffect.Stop(var attempt) -> stopAttempt(attempt);
      case ExecutorEffect.Forget(var attempt) -> held.remove(attempt);
      case ExecutorEffect.Drained() -> {
        log.atInfo()
            .addKeyValue("executor", identity.name())
            .log("Drained: nothing runs here any more");
        drained.complete(null);
      }
    }
  }

  private void accept(FrontendId frontend, AttemptId attempt) {
    HeldAttempt accepted = held.get(attempt);
    if (accepted != null) {
      accepted.isAccepted = true;
    }
    send(
        frontend,
        ExecutorMessage.newBuilder()
            .setAccept(Accept.newBuilder().setAttempt(WireMessages.attempt(attempt))));
  }

  private void reject(FrontendId frontend, AttemptId attempt, Resources free) {
    HeldAttempt rejected = held.get(attempt);
    if (rejected != null && !rejected.isAccepted) {
      held.remove(attempt);
    }
    send(
        frontend,
        ExecutorMessage.newBuilder()
            .setReject(
                Reject.newBuilder()
                    .setAttempt(WireMessages.attempt(attempt))
                    .setFreeSlots(free.slots())
                    .putAllFreeAmounts(free.amounts())));
  }

  private void send(FrontendId frontend, ExecutorMessage.Builder message) {
    link(frontend).send(message.build());
  }

  private FrontendLink link(FrontendId frontend) {
    FrontendLink link = links.get(frontend);
    if (link == null) {
      throw new IllegalStateException("The scheduler names " + frontend + ", which it never met");
    }
    return link;
  }

  private Hello hello(List<AttemptProgress> attempts, boolean draining) {
    return Hello.newBuilder()
        .setName(identity.name())
        .setIncarnation(identity.incarnation())
        .setPool(identity.pool())
        .setPlatform(identity.platform())
        .setIsolationLevel(identity.isolationLevel())
        .setSlots(identity.slots())
        .setDraining(draining)
        .addAllHeld(held(attempts))
        .build();
  }

  private List<build.sparrow.scheduling.v1.HeldAttempt> held(List<AttemptProgress> attempts) {
    List<build.sparrow.scheduling.v1.HeldAttempt> messages = new ArrayList<>();
    for (AttemptProgress progress : attempts) {
      HeldAttempt attempt = held.get(progress.attempt());
      if (attempt != null) {
        messages.add(
            build.sparrow.scheduling.v1.HeldAttempt.newBuilder()
                .setAttempt(WireMessages.attempt(progress.attempt()))
                .setAction(attempt.envelope)
                .setPhase(WireMessages.phase(progress.phase()))
                .build());
      }
    }
    return messages;
  }

  private Done done(AttemptId attempt, Ending ending) {
    Done.Builder done =
        Done.newBuilder()
            .setAttempt(WireMessages.attempt(attempt))
            .setEnding(WireMessages.ending(ending));
    HeldAttempt ended = held.get(attempt);
    if (ended != null && ended.outcome != null && ended.outcome.ending() == ending) {
      done.setStatus(ended.outcome.status()).setResult(ended.outcome.result());
    } else {
      done.setStatus(ReapiStatus.toProto(ReapiStatus.cancelled("attempt ended: " + ending)));
    }
    return done.build();
  }

  private void startAttempt(AttemptId id) {
    HeldAttempt attempt = held.get(id);
    if (attempt == null) {
      throw new IllegalStateException("Attempt " + id + " is to start, but nobody offered it");
    }
    slots.execute(() -> run(id, attempt));
  }

  private void stopAttempt(AttemptId id) {
    HeldAttempt attempt = held.get(id);
    if (attempt != null) {
      attempt.killSwitch.kill();
    }
  }

  /** On a slot's thread. */
  private void run(AttemptId id, HeldAttempt attempt) {
    Reporter reporter = new Reporter(id, attempt);
    AgentMetrics.RUNNING.inc();
    try {
      runner.run(attempt.envelope, attempt.killSwitch, reporter);
    } catch (RuntimeException e) {
      log.atError().addKeyValue("attempt", id).setCause(e).log("A slot met an error and goes on");
    } finally {
      AgentMetrics.RUNNING.dec();
      reporter.makeSure();
    }
  }

  /** Brings what happens to an attempt from its slot to the loop. */
  private final class Reporter implements AttemptListener {
    private final AttemptId id;
    private final HeldAttempt attempt;
    private boolean hasEnded;

    Reporter(AttemptId id, HeldAttempt attempt) {
      this.id = id;
      this.attempt = attempt;
    }

    @Override
    public void reached(Phase phase) {
      loop.post(new ExecutorEvent.PhaseReached(id, phase));
    }

    @Override
    public void ended(AttemptOutcome outcome) {
      hasEnded = true;
      AgentMetrics.ended(outcome.ending());
      loop.post(
          () -> {
            attempt.outcome = outcome;
            loop.feed(new ExecutorEvent.Ended(id, outcome.ending()));
          });
    }

    /** A slot that never reported would be lost for ever. */
    void makeSure() {
      if (!hasEnded) {
        ended(
            AttemptOutcome.of(
                Ending.EXECUTOR_FAILED,
                ReapiStatus.toProto(
                    ReapiStatus.internal(
                        "executor " + identity.name() + " failed; its log says why"))));
      }
    }
  }
}
