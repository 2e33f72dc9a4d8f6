package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.bazel.remote.execution.v2.WaitExecutionRequest;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.v1.Announce;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.HeldAttempt;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Phase;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two frontends, each with an executor of its own, so that a test sees which one runs what. */
@SuppressWarnings("NullAway.Init")
final class OwnershipTest {
  @TempDir private Path directory;
  private CasMain shard;
  private final List<FrontendMain> frontends = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<ScriptedExecutor> executors = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Duration lease = Duration.ofHours(3);
    shard =
        CasMain.start(
            new CasConfig(Endpoint.loopback(0), directory, DataSize.ofMebibytes(256), lease),
            new CollectorRegistry());
    List<Endpoint> places = freeEndpoints();
    for (Endpoint place : places) {
      FrontendConfig config =
          FrontendConfig.withDefaults(
              place,
              "frontend-" + frontends.size(),
              Placement.alone(shard.endpoint()),
              List.of(PoolDeclaration.of("linux", PlatformKey.of(Map.of("OSFamily", "linux")))),
              lease);
      frontends.add(
          FrontendMain.start(
              new FrontendConfig(
                  config.listen(),
                  config.name(),
                  config.storage(),
                  config.pools(),
                  config.limits(),
                  config.scheduling(),
                  config.lease(),
                  config.progressInterval(),
                  new Peering(place, Set.copyOf(places), null),
                  null),
              LoopbackFarm.TIMES));
      channels.add(GrpcChannels.connect(place));
    }
    for (ManagedChannel channel : channels) {
      executors.add(ScriptedExecutor.idle(channel, "e" + executors.size(), 4));
    }
    long endNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!frontends.stream().allMatch(frontend -> frontend.reachablePeers() == 1)) {
      assertThat(System.nanoTime()).as("the frontends see each other").isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  private static List<Endpoint> freeEndpoints() throws IOException {
    Set<Endpoint> free = new LinkedHashSet<>();
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free.add(Endpoint.loopback(one.getLocalPort()));
      free.add(Endpoint.loopback(other.getLocalPort()));
    }
    return List.copyOf(free);
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    frontends.forEach(FrontendMain::close);
    shard.close();
  }

  private FollowedOperation<ExecuteRequest> execute(int frontend, ActionBuilder action)
      throws IOException {
    new RemoteBlobStore(channels.get(frontend))
        .writeAll(new BlobScope(InstanceName.ROOT, action.function()), action.blobs());
    FollowedOperation<ExecuteRequest> followed = new FollowedOperation<>();
    ExecutionGrpc.newStub(channels.get(frontend))
        .execute(
            ExecuteRequest.newBuilder()
                .setActionDigest(action.digest().toProto())
                .setSkipCacheLookup(true)
                .build(),
            followed);
    return followed;
  }

  private static String name(FollowedOperation<?> operation) {
    return operation.until(ExecutionStage.Value.QUEUED).getName();
  }

  /** Whose the operation is, by what it is told: each knows only its own. */
  private int owner(String operation) {
    for (int frontend = 0; frontend < 2; frontend++) {
      if (frontends.get(frontend).named(operation)) {
        return frontend;
      }
    }
    throw new AssertionError("Nobody named " + operation);
  }

  /** An action that belongs to the frontend, and has begun to be executed for a client of one. */
  private record Begun(
      FollowedOperation<ExecuteRequest> client, String name, ActionBuilder action) {}

  private Begun beginAt(int client, int owner) throws IOException {
    for (int salt = 0; salt < 64; salt++) {
      ActionBuilder action = action("salt " + salt);
      FollowedOperation<ExecuteRequest> followed = execute(client, action);
      String name = name(followed);
      if (owner(name) == owner) {
        return new Begun(followed, name, action);
      }
      executors.get(1 - owner).runNext();
      followed.response();
      executors.get(1 - owner).idleAgain(4);
    }
    throw new AssertionError("Of 64 actions none belongs to frontend " + owner);
  }

  @Test
  void equalActionsRunOnce_whicheverFrontendIsAsked() throws Exception {
    for (int owner = 0; owner < 2; owner++) {
      Begun begun = beginAt(0, owner);
      ScriptedExecutor executor = executors.get(owner);
      Offer offer = executor.accept();
      FollowedOperation<ExecuteRequest> other = execute(1, begun.action());
      assertThat(owner(other.until(ExecutionStage.Value.EXECUTING).getName())).isEqualTo(owner);

      executor.succeed(offer.getAttempt());

      assertThat(begun.client().response().getResult().getStdoutRaw().toStringUtf8())
          .isEqualTo("out");
      assertThat(other.response().getResult().getExecutionMetadata().getWorker())
          .isEqualTo("e" + owner);
      executor.acknowledged(offer.getAttempt());
      executor.idleAgain(4);
    }
  }

  @Test
  void aResultThatAClientPutsIntoTheCacheEndsTheAction_whicheverFrontendGetsIt() throws Exception {
    Begun begun = beginAt(0, 1);
    executors.get(1).accept();
    begun.client().until(ExecutionStage.Value.EXECUTING);

    new RemoteActionCache(channels.get(0))
        .put(
            new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, begun.action().digest()),
            ActionResult.newBuilder().setStdoutRaw(ByteString.copyFromUtf8("local")).build());

    assertThat(begun.client().response().getResult().getStdoutRaw().toStringUtf8())
        .isEqualTo("local");
    executors.get(1).expect(FrontendMessage.MessageCase.KILL);
  }

  @Test
  void anOperationIsKnownAtEachFrontend() throws Exception {
    Begun begun = beginAt(0, 0);
    Offer offer = executors.get(0).accept();
    FollowedOperation<WaitExecutionRequest> waiting = new FollowedOperation<>();
    ExecutionGrpc.newStub(channels.get(1))
        .waitExecution(WaitExecutionRequest.newBuilder().setName(begun.name()).build(), waiting);
    waiting.until(ExecutionStage.Value.EXECUTING);

    executors.get(0).succeed(offer.getAttempt());

    assertThat(waiting.response().getResult().getExitCode()).isZero();
    Operation ended =
        OperationsGrpc.newBlockingStub(channels.get(1))
            .getOperation(GetOperationRequest.newBuilder().setName(begun.name()).build());
    assertThat(ended.getDone()).isTrue();
    assertThatThrownBy(
            () ->
                OperationsGrpc.newBlockingStub(channels.get(1))
                    .getOperation(
                        GetOperationRequest.newBuilder().setName(begun.name() + "0").build()))
        .hasMessageStartingWith("NOT_FOUND");
  }

  @Test
  void whoHangsUpAtOneFrontendEndsTheActionAtTheOther() throws Exception {
    Begun begun = beginAt(0, 1);
    executors.get(1).accept();
    begun.client().until(ExecutionStage.Value.EXECUTING);

    begun.client().hangUp();

    executors.get(1).expect(FrontendMessage.MessageCase.KILL);
  }

  @Test
  void theOtherFrontendTakesOver_whenTheOneWhoseTheActionIsGoesAway() throws Exception {
    Begun begun = beginAt(0, 1);
    executors.get(1).accept();
    begun.client().until(ExecutionStage.Value.EXECUTING);

    frontends.remove(1).close();
    executors.get(0).runNext();

    assertThat(begun.client().response().getResult().getExecutionMetadata().getWorker())
        .isEqualTo("e0");
  }

  @Test
  void nothingIsRunAgain_whenAnExecutorAnnouncesWhatItRunsForTheOneThatIsGone() throws Exception {
    Begun begun = beginAt(0, 1);
    Offer offer = executors.get(1).accept();
    begun.client().until(ExecutionStage.Value.EXECUTING);
    ScriptedExecutor same = ScriptedExecutor.join(channels.get(0), ScriptedExecutor.hello("e1", 4));

    frontends.remove(1).close();
    begun.client().until(ExecutionStage.Value.QUEUED);
    same.send(
        message ->
            message.setAnnounce(
                Announce.newBuilder()
                    .addHeld(
                        HeldAttempt.newBuilder()
                            .setAttempt(offer.getAttempt())
                            .setAction(offer.getAction())
                            .setPhase(Phase.EXECUTING))));
    same.succeed(offer.getAttempt());

    assertThat(begun.client().response().getResult().getExecutionMetadata().getWorker())
        .isEqualTo("e1");
    same.acknowledged(offer.getAttempt());
    executors.get(0).idleAgain(4);
    FollowedOperation<ExecuteRequest> next = execute(0, action("another one"));
    assertThat(executors.get(0).runNext().getAction().getActionDigest())
        .isEqualTo(action("another one").digest().toProto());
    next.response();
  }

  @Test
  void whoWaitsAtAFrontendForWhatAnotherNamedIsSentToExecuteAgain_whenThatOneIsGone()
      throws Exception {
    Begun begun = beginAt(0, 1);
    executors.get(1).accept();
    frontends.remove(1).close();
    FollowedOperation<WaitExecutionRequest> waiting = new FollowedOperation<>();

    ExecutionGrpc.newStub(channels.get(0))
        .waitExecution(WaitExecutionRequest.newBuilder().setName(begun.name()).build(), waiting);

    assertThat(waiting.failure()).hasMessageStartingWith("NOT_FOUND");
  }

  @Test
  void badInputIsAnsweredAsByOneFrontend() {
    FollowedOperation<ExecuteRequest> followed = new FollowedOperation<>();

    ExecutionGrpc.newStub(channels.get(0)).execute(ExecuteRequest.getDefaultInstance(), followed);

    assertThat(followed.failure()).hasMessageStartingWith("INVALID_ARGUMENT: digest_function");
  }
}
