package build.sparrow.executor.agent;

import static build.sparrow.executor.agent.FakeFrontend.acknowledge;
import static build.sparrow.executor.agent.FakeFrontend.attempt;
import static build.sparrow.executor.agent.FakeFrontend.breakStream;
import static build.sparrow.executor.agent.FakeFrontend.kill;
import static build.sparrow.executor.agent.FakeFrontend.offer;
import static build.sparrow.executor.agent.FakeFrontend.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.Command;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.executor.InMemoryBlobStore;
import build.sparrow.executor.SandboxConfig;
import build.sparrow.executor.StoredTree;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.Done;
import build.sparrow.scheduling.v1.Drain;
import build.sparrow.scheduling.v1.Ending;
import build.sparrow.scheduling.v1.ExecutorMessage.MessageCase;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import build.sparrow.scheduling.v1.PullReply;
import build.sparrow.scheduling.v1.Reserve;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole executor between fake frontends and a store on the heap, with real commands. */
@SuppressWarnings("NullAway.Init")
final class RunningAgentTest {
  private static final Duration GRACE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private FakeFrontend frontend;
  private FakeFrontend other;
  private RunningAgent agent;
  private StreamObserver<FrontendMessage> stream;

  @BeforeEach
  void start() throws Exception {
    frontend = new FakeFrontend();
    other = new FakeFrontend();
    agent = RunningAgent.start(config(2), store, place -> frontends(place).newChannel());
    agent.list(Set.of(place(frontend)));
    stream = frontend.nextStream();
    stream.onNext(welcome());
  }

  @AfterEach
  void stop() {
    agent.close();
    frontend.close();
    other.close();
  }

  @Test
  void saysWhoItIs_andThatItIsIdle() throws Exception {
    Hello hello = frontend.next(MessageCase.HELLO).getHello();

    assertThat(hello.getName()).isEqualTo("executor-1");
    assertThat(hello.getPool()).isEqualTo("linux");
    assertThat(hello.getPlatform().getProperties(0).getName()).isEqualTo("OSFamily");
    assertThat(hello.getSlots()).isEqualTo(2);
    assertThat(hello.getIncarnation()).isNotEmpty();
    assertThat(hello.getHeldList()).isEmpty();
    assertThat(frontend.next(MessageCase.TOKEN).getToken().getFreeSlots()).isEqualTo(2);
  }

  @Test
  void runsWhatItIsOffered_andReportsPhasesAndResult() throws Exception {
    stream.onNext(offer(1, blocked("a", "echo said")));

    assertThat(frontend.next(MessageCase.ACCEPT).getAccept().getAttempt()).isEqualTo(attempt(1));
    awaitFile("runs-a");
    frontend.awaitPhase(Phase.EXECUTING);
    unblock("a");
    Done done = frontend.nextDone();
    assertThat(done.getAttempt()).isEqualTo(attempt(1));
    assertThat(done.getEnding()).isEqualTo(Ending.DECIDED);
    assertThat(done.getResult().getStdoutRaw().toStringUtf8()).isEqualTo("said\n");
  }

  @Test
  void pullsWhereAReservationIs() throws Exception {
    stream.onNext(
        FrontendMessage.newBuilder().setReserve(Reserve.newBuilder().setCount(1)).build());

    assertThat(frontend.next(MessageCase.PULL).getPull().getFreeSlots()).isEqualTo(2);
    stream.onNext(
        FrontendMessage.newBuilder()
            .setPullReply(
                PullReply.newBuilder()
                    .addOffers(
                        Offer.newBuilder().setAttempt(attempt(1)).setAction(script("exit 4"))))
            .build());
    assertThat(frontend.nextDone().getResult().getExitCode()).isEqualTo(4);
  }

  @Test
  void takesNoMoreThanItHasSlotsFor() throws Exception {
    stream.onNext(offer(1, blocked("a")));
    stream.onNext(offer(2, blocked("b")));
    stream.onNext(offer(3, script("true")));

    assertThat(frontend.next(MessageCase.REJECT).getReject().getAttempt()).isEqualTo(attempt(3));
    unblock("a");
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(1));
    stream.onNext(offer(4, script("true")));
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(4));
    unblock("b");
  }

  @Test
  void aKillFreesTheSlotWithinHalfASecond() throws Exception {
    stream.onNext(offer(1, script("touch " + directory.resolve("runs") + "; sleep 1000")));
    awaitFile("runs");

    long start = System.nanoTime();
    stream.onNext(kill(1));
    Done done = frontend.nextDone();

    assertThat(done.getEnding()).isEqualTo(Ending.KILLED);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    stream.onNext(acknowledge(1));
    stream.onNext(offer(2, blocked("a")));
    stream.onNext(offer(3, blocked("b")));
    assertThat(frontend.next(MessageCase.ACCEPT).getAccept().getAttempt()).isEqualTo(attempt(2));
    assertThat(frontend.next(MessageCase.ACCEPT).getAccept().getAttempt()).isEqualTo(attempt(3));
    unblock("a");
    unblock("b");
  }

  @Test
  void heldAttemptsAreAnnouncedAfterAReconnect_andUnacknowledgedResultsAreSentAgain()
      throws Exception {
    stream.onNext(offer(1, script("echo once")));
    stream.onNext(offer(2, blocked("a")));
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(1));

    breakStream(stream);
    stream = frontend.nextStream();

    Hello hello = frontend.next(MessageCase.HELLO).getHello();
    assertThat(hello.getHeldList())
        .extracting(held -> held.getAttempt(), held -> held.getPhase())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(attempt(1), Phase.REPORTED),
            org.assertj.core.groups.Tuple.tuple(attempt(2), Phase.EXECUTING));
    assertThat(hello.getHeld(0).getAction().getOperation()).isEqualTo("operation-1");
    Done again = frontend.nextDone();
    assertThat(again.getAttempt()).isEqualTo(attempt(1));
    assertThat(again.getResult().getStdoutRaw().toStringUtf8()).isEqualTo("once\n");

    stream.onNext(welcome());
    stream.onNext(acknowledge(1));
    unblock("a");
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(2));
    breakStream(stream);
    stream = frontend.nextStream();
    assertThat(frontend.next(MessageCase.HELLO).getHello().getHeldList())
        .extracting(held -> held.getAttempt())
        .containsExactly(attempt(2));
  }

  @Test
  void progressOfHeldAttemptsIsSaidEverySecond() throws Exception {
    stream.onNext(offer(1, blocked("a")));
    awaitFile("runs-a");

    for (int i = 0; i < 2; i++) {
      assertThat(frontend.next(MessageCase.PROGRESS).getProgress().getAttemptsList())
          .extracting(each -> each.getAttempt())
          .containsExactly(attempt(1));
    }
    unblock("a");
  }

  @Test
  void aMalformedMessageBreaksTheStream_notTheExecutor() throws Exception {
    stream.onNext(FrontendMessage.getDefaultInstance());

    stream = frontend.nextStream();
    stream.onNext(welcome());
    stream.onNext(offer(1, script("true")));
    assertThat(frontend.nextDone().getEnding()).isEqualTo(Ending.DECIDED);
  }

  @Test
  void aDrainTakesNoMoreAndLetsRunningActionsEnd() throws Exception {
    stream.onNext(offer(1, blocked("a")));
    awaitFile("runs-a");

    Thread drain = Thread.ofVirtual().start(() -> drain(GRACE));
    assertThat(frontend.next(MessageCase.DRAINING).getDraining().getGrace().getSeconds())
        .isBetween(25L, 30L);
    stream.onNext(offer(2, script("true")));
    assertThat(frontend.next(MessageCase.REJECT).getReject().getAttempt()).isEqualTo(attempt(2));
    unblock("a");
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(1));
    stream.onNext(acknowledge(1));

    assertThat(drain.join(Duration.ofSeconds(20))).isTrue();
    assertThat(frontend.hasHeard(MessageCase.HAND_BACK)).isFalse();
  }

  @Test
  void aFrontendCanAskForADrain() throws Exception {
    stream.onNext(FrontendMessage.newBuilder().setDrain(Drain.getDefaultInstance()).build());

    assertThat(frontend.next(MessageCase.DRAINING).getDraining().getGrace().getSeconds())
        .isBetween(5L, 7L);
  }

  @Test
  void whatFetchesItsInputsIsHandedBackByADrain() throws Exception {
    ActionEnvelope.Builder action = script("true", new StoredTree(store).file("a", "1"));
    store.onRead(
        () -> {
          try {
            Files.createFile(directory.resolve("fetching"));
            Thread.sleep(Duration.ofMinutes(1));
          } catch (Exception e) {
            throw new IllegalStateException("Interrupted, as it should be", e);
          }
        });
    stream.onNext(offer(1, action));
    awaitFile("fetching");

    drain(GRACE);

    assertThat(frontend.next(MessageCase.HAND_BACK).getHandBack().getAttempt())
        .isEqualTo(attempt(1));
  }

  @Test
  void whatStillRunsAfterTheGraceIsHandedBackAndKilled() throws Exception {
    stream.onNext(offer(1, blocked("never")));
    awaitFile("runs-never");

    drain(Duration.ofMillis(300));

    assertThat(frontend.next(MessageCase.HAND_BACK).getHandBack().getAttempt())
        .isEqualTo(attempt(1));
    agent.close();
    assertThat(directory.resolve("work/actions")).isEmptyDirectory();
  }

  @Test
  void closingHandsBackWhatRunsAtOnce() throws Exception {
    stream.onNext(offer(1, blocked("never")));
    awaitFile("runs-never");

    agent.close();

    assertThat(frontend.next(MessageCase.HAND_BACK).getHandBack().getAttempt())
        .isEqualTo(attempt(1));
  }

  @Test
  void aWorkDirectoryIsForOneExecutor() {
    assertThatThrownBy(() -> RunningAgent.start(config(1), store, place -> frontend.newChannel()))
        .hasMessageContaining("is in use by another executor");
  }

  @Test
  void saysWhatItHasProvenOfItsSandbox() throws Exception {
    assertThat(frontend.next(MessageCase.HELLO).getHello().getIsolationLevel()).isEqualTo("None");
  }

  @Test
  void isReadyOnceAFrontendHasWelcomedIt_andAsLongAsOneAnswers() throws Exception {
    stream.onNext(offer(1, script("true")));
    frontend.nextDone();

    assertThat(agent.obstacle()).isEmpty();

    frontend.refuseFromNowOn();
    breakStream(stream);
    frontend.awaitRefusal();

    assertThat(agent.obstacle()).hasValue("no frontend answers; known are: " + frontend.name);
  }

  @Test
  void connectsToAFrontendThatIsListedLater() throws Exception {
    agent.list(Set.of(place(frontend), place(other)));

    other.nextStream().onNext(welcome());
    assertThat(other.next(MessageCase.TOKEN).getToken().getFreeSlots()).isEqualTo(2);
  }

  @Test
  void aFrontendThatIsListedNoMoreIsServedUntilItsStreamEnds_thenGivenUp() throws Exception {
    stream.onNext(offer(1, blocked("a")));
    // Its welcome has been heard, then, too: a frontend without one would be given up at once.
    frontend.next(MessageCase.ACCEPT);

    agent.list(Set.of(place(other)));
    other.nextStream().onNext(welcome());
    unblock("a");
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(1));

    stream.onError(Status.UNAVAILABLE.asException());
    frontend.awaitChannelShutdown();
    agent.list(Set.of(place(other), place(frontend)));
    stream = frontend.nextStream();
    stream.onNext(welcome());
    frontend.next(MessageCase.HELLO);
    assertThat(frontend.nextDone().getAttempt()).isEqualTo(attempt(1));
  }

  @Test
  void aDrainThatIsAskedForHasTheGraceThatItNames() throws Exception {
    stream.onNext(
        FrontendMessage.newBuilder()
            .setDrain(
                Drain.newBuilder()
                    .setGrace(com.google.protobuf.Duration.newBuilder().setSeconds(3)))
            .build());

    assertThat(frontend.next(MessageCase.DRAINING).getDraining().getGrace().getSeconds())
        .isEqualTo(3);
  }

  private ExecutorConfig config(int slots) {
    Endpoint nowhere = new Endpoint("localhost", 1);
    return new ExecutorConfig(
        "executor-1",
        "linux",
        PlatformKey.of(Map.of("OSFamily", "linux")),
        slots,
        List.of(nowhere),
        null,
        Placement.alone(nowhere),
        directory.resolve("work"),
        DataSize.ofMebibytes(100),
        new SandboxConfig.None(),
        Duration.ofSeconds(7));
  }

  private FakeFrontend frontends(FrontendId place) {
    return place.equals(place(frontend)) ? frontend : other;
  }

  private static FrontendId place(FakeFrontend frontend) {
    return new FrontendId(frontend.name);
  }

  private ActionEnvelope.Builder script(String script) {
    return script(script, new StoredTree(store));
  }

  private static ActionEnvelope.Builder script(String script, StoredTree inputs) {
    return ActionWorld.action(
        inputs.store(),
        Command.newBuilder().addArguments("/bin/bash").addArguments("-c").addArguments(script));
  }

  /** Runs until it is unblocked by its name. */
  private ActionEnvelope.Builder blocked(String name) {
    return blocked(name, "true");
  }

  /** As {@link #blocked(String)}, and goes on with a script. */
  private ActionEnvelope.Builder blocked(String name, String then) {
    return script(
        "touch %s; until [ -e %s ]; do sleep 0.01; done; %s"
            .formatted(directory.resolve("runs-" + name), directory.resolve("go-" + name), then));
  }

  private void unblock(String name) throws Exception {
    Files.createFile(directory.resolve("go-" + name));
  }

  private void awaitFile(String name) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!Files.exists(directory.resolve(name))) {
      assertThat(System.nanoTime()).isLessThan(until);
      Thread.sleep(5);
    }
  }

  private void drain(Duration grace) {
    try {
      agent.drain(grace);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
