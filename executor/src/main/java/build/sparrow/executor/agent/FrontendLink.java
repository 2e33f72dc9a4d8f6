package build.sparrow.executor.agent;

import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.SchedulingGrpc;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to one frontend, opened again whenever it breaks. All methods are for the loop's
 * thread; of a stream that was replaced nothing is heard any more.
 */
final class FrontendLink {
  private static final Logger log = LoggerFactory.getLogger(FrontendLink.class);

  private static final Duration MIN_PAUSE = Duration.ofMillis(100);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(2);

  private final FrontendId id;
  private final ManagedChannel channel;
  private final SchedulerLoop loop;
  private final RandomGenerator random;
  private final Inbox inbox;
  private Duration pause = MIN_PAUSE;
  private @Nullable Stream stream;
  private boolean isClosed;
  private boolean isWelcome;
  private boolean isListed = true;

  FrontendLink(
      FrontendId id,
      ManagedChannel channel,
      SchedulerLoop loop,
      RandomGenerator random,
      Inbox inbox) {
    this.id = id;
    this.channel = channel;
    this.loop = loop;
    this.random = random;
    this.inbox = inbox;
  }

  /** Takes what a frontend says, on the loop's thread. */
  interface Inbox {
    /**
     * Handles one message.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    void received(FrontendId frontend, FrontendMessage message);

    /** The link has been welcomed, or its stream has ended; it may be closed for that. */
    void changed(FrontendLink link);
  }

  FrontendId id() {
    return id;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Whether the frontend answers. */
  boolean isWelcome() {
    return isWelcome;
  }

  /** Says whether the farm still has a frontend at this place. */
  void list(boolean listed) {
    isListed = listed;
  }

  /** Whether nobody is there and nobody is expected there. */
  boolean isGone() {
    return !isListed && !isWelcome;
  }

  /** Opens a stream; the scheduler says hello on it. */
  void open() {
    if (isClosed) {
      return;
    }
    Stream opened = new Stream();
    var _ = SchedulingGrpc.newStub(channel).connect(opened);
    stream = opened;
    loop.feed(new ExecutorEvent.Connected(id));
  }

  /** Sends a message, or drops it if there is no stream: a new one begins with all that counts. */
  void send(ExecutorMessage message) {
    if (stream != null) {
      stream.send(message);
    }
  }

  /** As {@link #send}, for news that the next message of its kind replaces. */
  void sendIfReady(ExecutorMessage message) {
    if (stream != null && stream.isReady()) {
      stream.send(message);
    }
  }

  /** Ends the stream for good, after all that was sent. */
  void close() {
    isClosed = true;
    if (stream != null) {
      stream.complete();
      stream = null;
    }
  }

  /** Gives up a frontend that is gone, with whatever was sent to it. */
  void abandon() {
    isClosed = true;
    Stream last = stream;
    if (last != null) {
      stream = null;
      last.cancel("the frontend is gone", null);
      loop.feed(new ExecutorEvent.Disconnected(id));
    }
    channel.shutdownNow();
    log.atInfo().addKeyValue("frontend", id).log("Gave up a frontend that is gone");
    loop.feed(new ExecutorEvent.FrontendGone(id));
  }

  private void received(Stream from, FrontendMessage message) {
    if (stream != from) {
      return;
    }
    if (message.hasWelcome()) {
      pause = MIN_PAUSE;
      if (!isWelcome) {
        isWelcome = true;
        log.atInfo().addKeyValue("frontend", id).log("Connected to a frontend");
        inbox.changed(this);
      }
    }
    try {
      inbox.received(id, message);
      from.requestNext();
    } catch (IllegalArgumentException e) {
      log.atWarn()
          .addKeyValue("frontend", id)
          .setCause(e)
          .log("Frontend sent a malformed message, connecting anew");
      from.cancel("malformed message", e);
      broken(from, e);
    }
  }

  private void broken(Stream from, @Nullable Throwable cause) {
    if (stream != from) {
      return;
    }
    stream = null;
    if (isWelcome) {
      isWelcome = false;
      log.atWarn()
          .addKeyValue("frontend", id)
          .addKeyValue("cause", String.valueOf(cause))
          .log("Lost a frontend, trying to reach it again");
    }
    loop.feed(new ExecutorEvent.Disconnected(id));
    inbox.changed(this);
    if (isClosed) {
      return;
    }
    // Anywhere in the upper half of the pause, so that executors do not come all at once.
    long half = pause.toNanos() / 2;
    loop.postLater(Duration.ofNanos(half + random.nextLong(half + 1)), this::open);
    pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
  }

  /** One call; gRPC's threads do nothing but post to the loop. */
  private final class Stream implements ClientResponseObserver<ExecutorMessage, FrontendMessage> {
    private @Nullable ClientCallStreamObserver<ExecutorMessage> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<ExecutorMessage> started) {
      call = started;
      // The next message is asked for when one is done, so that no more than one ever waits.
      started.disableAutoRequestWithInitial(1);
    }

    void send(ExecutorMessage message) {
      if (call != null) {
        call.onNext(message);
      }
    }

    boolean isReady() {
      return call != null && call.isReady();
    }

    void requestNext() {
      if (call != null) {
        call.request(1);
      }
    }

    void complete() {
      if (call != null) {
        call.onCompleted();
      }
    }

    void cancel(String why, @Nullable Throwable cause) {
      if (call != null) {
        call.cancel(why, cause);
      }
    }

    @Override
    public void onNext(FrontendMessage message) {
      loop.post(() -> received(this, message));
    }

    @Override
    public void onError(Throwable cause) {
      loop.post(() -> broken(this, cause));
    }

    @Override
    public void onCompleted() {
      loop.post(() -> broken(this, null));
    }
  }
}
