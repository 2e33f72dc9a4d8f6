package build.sparrow.frontend;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.Platform;
import build.sparrow.scheduling.v1.Accept;
import build.sparrow.scheduling.v1.AttemptId;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Ending;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.HeldAttempt;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import build.sparrow.scheduling.v1.SchedulingGrpc;
import build.sparrow.scheduling.v1.Token;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An executor that does what a test tells it to, over a real stream. */
public final class ScriptedExecutor implements StreamObserver<FrontendMessage> {
  private static final long PATIENCE_SECONDS = 20;

  private final Hello hello;
  private final BlockingQueue<FrontendMessage> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final StreamObserver<ExecutorMessage> frontend;

  private ScriptedExecutor(Channel channel, Hello hello) {
    this.hello = hello;
    this.frontend = SchedulingGrpc.newStub(channel).connect(this);
    send(message -> message.setHello(hello));
  }

  public static Hello hello(String name, int slots) {
    return Hello.newBuilder()
        .setName(name)
        .setIncarnation(name + "-1")
        .setPool("linux")
        .setPlatform(
            Platform.newBuilder()
                .addProperties(
                    Platform.Property.newBuilder().setName("OSFamily").setValue("linux")))
        .setSlots(slots)
        .build();
  }

  /** Connects, and is welcomed. */
  public static ScriptedExecutor join(Channel channel, Hello hello) {
    ScriptedExecutor executor = connect(channel, hello);
    executor.expect(FrontendMessage.MessageCase.WELCOME);
    return executor;
  }

  /** Connects and says Hello; who knows what comes back. */
  public static ScriptedExecutor connect(Channel channel, Hello hello) {
    return new ScriptedExecutor(channel, hello);
  }

  /** Connects with free slots, and says so. */
  public static ScriptedExecutor idle(Channel channel, String name, int slots) {
    ScriptedExecutor executor = join(channel, hello(name, slots));
    executor.send(message -> message.setToken(Token.newBuilder().setFreeSlots(slots)));
    return executor;
  }

  public synchronized void send(Consumer<ExecutorMessage.Builder> content) {
    ExecutorMessage.Builder message = ExecutorMessage.newBuilder();
    content.accept(message);
    frontend.onNext(message.build());
  }

  /** The next message, which must be of that kind. */
  public FrontendMessage expect(FrontendMessage.MessageCase kind) {
    FrontendMessage message = next();
    if (message.getMessageCase() != kind) {
      throw new AssertionError("Expected " + kind + ", got " + message);
    }
    return message;
  }

  private FrontendMessage next() {
    try {
      FrontendMessage message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("Nothing came; the stream's end: " + end);
      }
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What is offered next, whatever is reserved before. */
  public Offer offered() {
    FrontendMessage message = next();
    while (message.hasReserve() || message.hasCancelReserve()) {
      message = next();
    }
    if (!message.hasOffer()) {
      throw new AssertionError("Expected an offer, got " + message);
    }
    return message.getOffer();
  }

  /** Accepts what is offered next. */
  public Offer accept() {
    Offer offer = offered();
    send(message -> message.setAccept(Accept.newBuilder().setAttempt(offer.getAttempt())));
    return offer;
  }

  /** Reports a result, and does not wait for the acknowledgement. */
  public void report(AttemptId attempt, Consumer<Done.Builder> content) {
    Done.Builder done =
        Done.newBuilder().setAttempt(attempt).setEnding(Ending.DECIDED).setResult(result("out"));
    content.accept(done);
    send(message -> message.setDone(done));
  }

  public void succeed(AttemptId attempt) {
    report(attempt, done -> {});
  }

  public void acknowledged(AttemptId attempt) {
    AttemptId acknowledged = expect(FrontendMessage.MessageCase.DONE_ACK).getDoneAck().getAttempt();
    if (!acknowledged.equals(attempt)) {
      throw new AssertionError("Acknowledged " + acknowledged + " instead of " + attempt);
    }
  }

  /** Says that it is idle again. */
  public void idleAgain(int slots) {
    send(message -> message.setToken(Token.newBuilder().setFreeSlots(slots)));
  }

  /** Runs the next action to success, and waits until the frontend has it. */
  public Offer runNext() {
    Offer offer = accept();
    succeed(offer.getAttempt());
    acknowledged(offer.getAttempt());
    return offer;
  }

  public ActionResult.Builder result(String stdout) {
    return ActionResult.newBuilder()
        .setStdoutRaw(ByteString.copyFromUtf8(stdout))
        .setExecutionMetadata(ExecutedActionMetadata.newBuilder().setWorker(hello.getName()));
  }

  /** The same executor, on a new connection, with what it held. */
  public static Hello holding(Hello hello, Offer offer, Phase phase) {
    return hello.toBuilder()
        .addHeld(
            HeldAttempt.newBuilder()
                .setAttempt(offer.getAttempt())
                .setAction(offer.getAction())
                .setPhase(phase))
        .build();
  }

  /** Why the frontend ended the stream. */
  public Status end() {
    try {
      return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("The stream has not ended; got " + messages, e);
    }
  }

  /** Breaks the stream. */
  public void vanish() {
    frontend.onError(Status.CANCELLED.asRuntimeException());
  }

  @Override
  public void onNext(FrontendMessage message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(Status.fromThrowable(failure));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.OK);
  }
}
