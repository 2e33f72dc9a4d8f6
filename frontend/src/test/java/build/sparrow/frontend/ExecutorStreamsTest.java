package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.Platform;
import build.sparrow.scheduling.v1.AttemptId;
import build.sparrow.scheduling.v1.Ending;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.HeldAttempt;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import build.sparrow.scheduling.v1.Pull;
import build.sparrow.scheduling.v1.Reject;
import build.sparrow.scheduling.v1.Token;
import io.grpc.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How executors are let in, and what they are told. */
@SuppressWarnings("NullAway.Init")
final class ExecutorStreamsTest {
  @TempDir private Path directory;
  private LoopbackFarm farm;

  @BeforeEach
  void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
  }

  @AfterEach
  void stopFarm() {
    farm.close();
  }

  private void assertTurnedAway(Hello.Builder hello, String... texts) {
    Status end = ScriptedExecutor.connect(farm.channel(), hello.build()).end();

    assertThat(end.getCode()).as(end.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).contains(texts);
  }

  private static Hello.Builder hello() {
    return ScriptedExecutor.hello("a", 1).toBuilder();
  }

  @Test
  void executorMustFitTheFarm() {
    assertTurnedAway(
        hello().setPool("linx"), "executor a", "pool is \"linx\"", "its pools are: linux, windows");
    assertTurnedAway(
        hello()
            .setPlatform(
                Platform.newBuilder()
                    .addProperties(
                        Platform.Property.newBuilder().setName("OSFamily").setValue("darwin"))),
        "\"OSFamily=darwin\"",
        "pool linux declares \"OSFamily=linux\"");
    assertTurnedAway(hello().setSlots(0), "0 slots");
    assertTurnedAway(hello().setSlots(-1), "4294967295 slots");
    assertTurnedAway(hello().setName(" "), "executor name");
    assertTurnedAway(hello().clearIncarnation(), "executor incarnation");
  }

  @Test
  void heldAttemptsMustMakeSense() {
    assertTurnedAway(hello().addHeld(HeldAttempt.getDefaultInstance()), "operation of a held");
    assertTurnedAway(
        hello()
            .addHeld(
                HeldAttempt.newBuilder()
                    .setPhase(Phase.EXECUTING)
                    .setAttempt(AttemptId.newBuilder().setEpoch("e").setCounter(1))
                    .setAction(
                        build.sparrow.scheduling.v1.ActionEnvelope.newBuilder().setOperation("o"))),
        "hash");
  }

  @Test
  void welcomeNamesTheFrontendAndItsEpoch() {
    ScriptedExecutor executor = ScriptedExecutor.connect(farm.channel(), hello().build());

    var welcome = executor.expect(FrontendMessage.MessageCase.WELCOME).getWelcome();

    assertThat(welcome.getFrontend()).isEqualTo("frontend-0");
    assertThat(welcome.getEpoch()).matches("[0-9a-f]{16}");
  }

  @Test
  void helloComesOnce() {
    ScriptedExecutor executor = ScriptedExecutor.join(farm.channel(), hello().build());

    executor.send(message -> message.setHello(hello()));

    assertThat(executor.end().getDescription()).contains("Hello once");
  }

  @Test
  void nonsenseEndsTheStream() {
    ScriptedExecutor executor = ScriptedExecutor.join(farm.channel(), hello().build());

    executor.report(AttemptId.getDefaultInstance(), done -> done.setEnding(Ending.DECIDED));

    assertThat(executor.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(executor.end().getDescription()).contains("epoch");
  }

  @Test
  void newConnectionOfAnExecutorReplacesTheOld() throws Exception {
    ScriptedExecutor before = ScriptedExecutor.join(farm.channel(), hello().build());
    ScriptedExecutor after = ScriptedExecutor.join(farm.channel(), hello().build());

    assertThat(before.end().getCode()).isEqualTo(Status.Code.ABORTED);
    after.idleAgain(1);
    farm.execute(action());
    after.accept();
  }

  @Test
  void newProcessOfAnExecutorReplacesTheOld() {
    ScriptedExecutor before = ScriptedExecutor.join(farm.channel(), hello().build());
    ScriptedExecutor.join(farm.channel(), hello().setIncarnation("a-2").build());

    assertThat(before.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void rejectedOfferGoesToAnother() throws Exception {
    ScriptedExecutor full = farm.idleExecutor("full");
    var operation = farm.execute(action());
    Offer offer = full.offered();
    full.send(message -> message.setReject(Reject.newBuilder().setAttempt(offer.getAttempt())));
    ScriptedExecutor free = farm.idleExecutor("free");

    free.runNext();

    assertThat(operation.response().getResult().getExecutionMetadata().getWorker())
        .isEqualTo("free");
  }

  @Test
  void busyExecutorIsAskedToPull() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    farm.execute(action("1"));
    Offer first = executor.accept();
    var second = farm.execute(action("2"));
    executor.expect(FrontendMessage.MessageCase.RESERVE);

    executor.succeed(first.getAttempt());
    executor.acknowledged(first.getAttempt());
    executor.send(message -> message.setPull(Pull.newBuilder().setFreeSlots(1)));
    Offer pulled =
        executor.expect(FrontendMessage.MessageCase.PULL_REPLY).getPullReply().getOffers(0);
    executor.send(
        message ->
            message.setAccept(
                build.sparrow.scheduling.v1.Accept.newBuilder().setAttempt(pulled.getAttempt())));
    executor.succeed(pulled.getAttempt());

    assertThat(second.response().getStatus().getCode()).isZero();
  }

  @Test
  void stoppingFrontendSendsExecutorsAndClientsAway() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var operation = farm.execute(action());
    executor.accept();

    farm.stopFrontend();

    assertThat(executor.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(operation.failure().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void freeSlotsAreNotNegative() {
    ScriptedExecutor executor = ScriptedExecutor.join(farm.channel(), hello().build());

    executor.send(message -> message.setToken(Token.newBuilder().setFreeSlots(-1)));

    assertThat(executor.end().getDescription()).contains("4294967295");
  }
}
