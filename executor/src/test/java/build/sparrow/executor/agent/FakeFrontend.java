package build.sparrow.executor.agent;

import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.AttemptId;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.DoneAck;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.ExecutorMessage.MessageCase;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Kill;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import build.sparrow.scheduling.v1.SchedulingGrpc;
import build.sparrow.scheduling.v1.Welcome;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A frontend in this process that does only what a test tells it, and keeps what it hears. */
final class FakeFrontend extends SchedulingGrpc.SchedulingImplBase implements AutoCloseable {
  static final String EPOCH = "epoch-1";

  private static final long PATIENCE_SECONDS = 20;

  final String name = UUID.randomUUID().toString();
  private final Server server;
  private final BlockingQueue<ManagedChannel> channels = new LinkedBlockingQueue<>();
  private final CountDownLatch refusals = new CountDownLatch(1);
  private volatile boolean refuses;
  private final BlockingQueue<ExecutorMessage> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamObserver<FrontendMessage>> streams =
      new LinkedBlockingQueue<>();

  FakeFrontend() throws IOException {
    server = InProcessServerBuilder.forName(name).addService(this).build().start();
  }

  ManagedChannel newChannel() {
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    channels.add(channel);
    return channel;
  }

  /** Ends further streams as soon as they open. */
  void refuseFromNowOn() {
    refuses = true;
  }

  /** Returns when a stream was refused. */
  void awaitRefusal() throws InterruptedException {
    if (!refusals.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("The executor did not connect again");
    }
  }

  /** Returns when the executor has given up its first channel. */
  void awaitChannelShutdown() throws InterruptedException {
    if (!channels.take().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("The executor did not shut its channel down");
    }
  }

  @Override
  public StreamObserver<ExecutorMessage> connect(StreamObserver<FrontendMessage> responses) {
    if (refuses) {
      responses.onError(Status.UNAVAILABLE.asException());
      refusals.countDown();
      return new StreamObserver<>() {
        @Override
        public void onNext(ExecutorMessage message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
      };
    }
    streams.add(responses);
    return new StreamObserver<>() {
      @Override
      public void onNext(ExecutorMessage message) {
        heard.add(message);
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {
        responses.onCompleted();
      }
    };
  }

  /** The executor's next stream. */
  StreamObserver<FrontendMessage> nextStream() throws InterruptedException {
    StreamObserver<FrontendMessage> stream = streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("The executor did not connect");
    }
    return stream;
  }

  /** The next message of a kind; what came before it is dropped. */
  ExecutorMessage next(MessageCase kind) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < until) {
      ExecutorMessage message = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message != null && message.getMessageCase() == kind) {
        return message;
      }
    }
    throw new AssertionError("The executor did not say " + kind);
  }

  /** Returns once an attempt is said to be in a phase; those before it may or may not be said. */
  void awaitPhase(Phase phase) throws InterruptedException {
    while (next(MessageCase.PROGRESS).getProgress().getAttempts(0).getPhase() != phase) {}
  }

  Done nextDone() throws InterruptedException {
    return next(MessageCase.DONE).getDone();
  }

  /** Whether a message of this kind came and was not asked for yet. */
  boolean hasHeard(MessageCase kind) {
    return heard.stream().anyMatch(message -> message.getMessageCase() == kind);
  }

  static FrontendMessage welcome() {
    return FrontendMessage.newBuilder()
        .setWelcome(Welcome.newBuilder().setFrontend("frontend-1").setEpoch(EPOCH))
        .build();
  }

  static FrontendMessage offer(long counter, ActionEnvelope.Builder action) {
    return FrontendMessage.newBuilder()
        .setOffer(Offer.newBuilder().setAttempt(attempt(counter)).setAction(action))
        .build();
  }

  static FrontendMessage kill(long counter) {
    return FrontendMessage.newBuilder()
        .setKill(Kill.newBuilder().setAttempt(attempt(counter)))
        .build();
  }

  static FrontendMessage acknowledge(long counter) {
    return FrontendMessage.newBuilder()
        .setDoneAck(DoneAck.newBuilder().setAttempt(attempt(counter)))
        .build();
  }

  static AttemptId attempt(long counter) {
    return AttemptId.newBuilder().setEpoch(EPOCH).setCounter(counter).build();
  }

  /** Breaks a stream as a lost connection does. */
  static void breakStream(StreamObserver<FrontendMessage> stream) {
    stream.onError(Status.UNAVAILABLE.withDescription("broken by the test").asException());
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
  }
}
