package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.v1.CancelReserve;
import build.sparrow.scheduling.v1.DoneAck;
import build.sparrow.scheduling.v1.Drain;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Kill;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.PullReply;
import build.sparrow.scheduling.v1.Reserve;
import build.sparrow.scheduling.v1.RoomWanted;
import build.sparrow.scheduling.v1.Welcome;
import com.google.protobuf.util.Durations;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ways to all executors, one to each; for the loop's thread. A message to an executor that is
 * not connected is dropped: it will announce what it holds when it is back.
 */
final class ExecutorLinks {
  private static final Logger log = LoggerFactory.getLogger(ExecutorLinks.class);

  /** The most bytes of actions in one message; what is beyond goes in messages of its own. */
  private static final int MAX_REPLY_BYTES = 4 << 20;

  private final Map<ExecutorId, ExecutorLink> links = new HashMap<>();
  private final Consumer<ExecutorId> broken;
  private boolean closed;

  /** Takes who is to be told of an executor that was disconnected because it does not read. */
  ExecutorLinks(Consumer<ExecutorId> broken) {
    this.broken = broken;
  }

  /** From now on this is the way to its executor; an older one is closed. */
  void open(ExecutorLink link) {
    if (closed) {
      link.close(stopping());
      return;
    }
    ExecutorLink older = links.put(link.executor(), link);
    if (older != null) {
      older.close(ReapiStatus.aborted("the executor has connected anew"));
    }
  }

  boolean isCurrent(ExecutorLink link) {
    return links.get(link.executor()) == link;
  }

  /** Forgets a link that has ended; false if another has taken its place, or it was closed here. */
  boolean ended(ExecutorLink link) {
    return links.remove(link.executor(), link);
  }

  /** Closes an executor's stream; nothing more is heard of it. */
  void disconnect(ExecutorId executor) {
    ExecutorLink link = links.remove(executor);
    if (link != null) {
      log.atWarn().addKeyValue("executor", executor.name()).log("Executor cut off");
      link.close(
          ReapiStatus.unavailable(
              "the executor was silent for too long, or a newer process of its name has"
                  + " connected"));
    }
  }

  /** Closes all, and whatever comes later. */
  void closeAll() {
    closed = true;
    links.values().forEach(link -> link.close(stopping()));
    links.clear();
  }

  private static StatusRuntimeException stopping() {
    return ReapiStatus.unavailable("the frontend is stopping; connect to another, or again");
  }

  void welcome(ExecutorId executor, Welcome welcome) {
    send(executor, FrontendMessage.newBuilder().setWelcome(welcome));
  }

  void offer(ExecutorId executor, Offer offer) {
    send(executor, FrontendMessage.newBuilder().setOffer(offer));
  }

  /** Answers a pull; offers that do not fit into the answer follow it. */
  void pullReply(ExecutorId executor, List<Offer> offers, long overdueNanos) {
    PullReply.Builder reply = PullReply.newBuilder().setOverdueMicros(overdueNanos / 1_000);
    int fitting = 0;
    for (long bytes = 0; fitting < offers.size(); fitting++) {
      bytes += offers.get(fitting).getSerializedSize();
      if (bytes > MAX_REPLY_BYTES && fitting > 0) {
        break;
      }
      reply.addOffers(offers.get(fitting));
    }
    send(executor, FrontendMessage.newBuilder().setPullReply(reply));
    offers.subList(fitting, offers.size()).forEach(offer -> offer(executor, offer));
  }

  void reserve(ExecutorId executor, int count, long overdueNanos) {
    send(
        executor,
        FrontendMessage.newBuilder()
            .setReserve(
                Reserve.newBuilder().setCount(count).setOverdueMicros(overdueNanos / 1_000)));
  }

  void cancelReserve(ExecutorId executor, int count) {
    send(
        executor,
        FrontendMessage.newBuilder().setCancelReserve(CancelReserve.newBuilder().setCount(count)));
  }

  void wantRoom(ExecutorId executor, Resources room) {
    send(
        executor,
        FrontendMessage.newBuilder()
            .setRoomWanted(
                RoomWanted.newBuilder().setSlots(room.slots()).putAllAmounts(room.amounts())));
  }

  void kill(ExecutorId executor, AttemptId attempt) {
    send(
        executor,
        FrontendMessage.newBuilder().setKill(Kill.newBuilder().setAttempt(Wire.attempt(attempt))));
  }

  void ack(ExecutorId executor, AttemptId attempt) {
    send(
        executor,
        FrontendMessage.newBuilder()
            .setDoneAck(DoneAck.newBuilder().setAttempt(Wire.attempt(attempt))));
  }

  void drain(ExecutorId executor, @Nullable Duration grace) {
    Drain.Builder drain = Drain.newBuilder();
    if (grace != null) {
      drain.setGrace(Durations.fromNanos(grace.toNanos()));
    }
    send(executor, FrontendMessage.newBuilder().setDrain(drain));
  }

  private void send(ExecutorId executor, FrontendMessage.Builder message) {
    ExecutorLink link = links.get(executor);
    if (link != null && !link.send(message.build())) {
      links.remove(executor);
      log.atWarn().addKeyValue("executor", executor.name()).log("Executor does not read, cut off");
      broken.accept(executor);
    }
  }
}
