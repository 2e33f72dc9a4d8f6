package build.sparrow.frontend;

import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.WaitExecutionRequest;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.scheduling.owner.LossBudgets;
import build.sparrow.scheduling.owner.OwnerTimes;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import io.grpc.ManagedChannel;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A real shard and a real frontend on loopback; tests play clients and executors. */
public final class LoopbackFarm implements AutoCloseable {
  /** Times that suit one machine: no test waits for long, and who hangs up is gone at once. */
  static final OwnerTimes TIMES =
      new OwnerTimes(
          Duration.ofMillis(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(60),
          Duration.ZERO,
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(2),
          Duration.ofMillis(50),
          Duration.ofSeconds(60));

  private final CasMain shard;
  private FrontendMain frontend;
  private ManagedChannel channel;
  private final FrontendConfig config;
  private final OwnerTimes times;
  private final List<ManagedChannel> others = new ArrayList<>();

  private LoopbackFarm(CasMain shard, FrontendConfig config, OwnerTimes times) throws Exception {
    this.shard = shard;
    this.config = config;
    this.times = times;
    this.frontend = FrontendMain.start(config, times);
    this.channel = GrpcChannels.connect(frontend.endpoint());
  }

  static LoopbackFarm start(Path directory) throws Exception {
    return start(directory, config -> config, TIMES);
  }

  static LoopbackFarm start(Path directory, UnaryOperator<FrontendConfig> change, OwnerTimes times)
      throws Exception {
    Duration lease = Duration.ofHours(3);
    CasMain shard =
        CasMain.start(
            new CasConfig(Endpoint.loopback(0), directory, DataSize.ofMebibytes(256), lease),
            new CollectorRegistry());
    FrontendConfig config =
        FrontendConfig.withDefaults(
            Endpoint.loopback(0),
            "frontend-0",
            Placement.alone(shard.endpoint()),
            List.of(
                PoolDeclaration.of("linux", PlatformKey.of(Map.of("OSFamily", "linux"))),
                PoolDeclaration.of(
                    "windows", PlatformKey.of(Map.of("OSFamily", "windows", "cpu", "x86_64")))),
            lease);
    return new LoopbackFarm(shard, change.apply(config), times);
  }

  static FrontendConfig withBudgets(FrontendConfig config, LossBudgets budgets) {
    return new FrontendConfig(
        config.listen(),
        config.name(),
        config.storage(),
        config.pools(),
        config.limits(),
        new SchedulingPolicy(
            config.scheduling().properties(), config.scheduling().tenantWeights(), budgets),
        config.lease(),
        config.progressInterval(),
        config.peering(),
        config.actionLog());
  }

  static FrontendConfig withLimits(FrontendConfig config, FrontendLimits limits) {
    return new FrontendConfig(
        config.listen(),
        config.name(),
        config.storage(),
        config.pools(),
        limits,
        config.scheduling(),
        config.lease(),
        config.progressInterval(),
        config.peering(),
        config.actionLog());
  }

  static FrontendConfig withProgressInterval(FrontendConfig config, Duration interval) {
    return new FrontendConfig(
        config.listen(),
        config.name(),
        config.storage(),
        config.pools(),
        config.limits(),
        config.scheduling(),
        config.lease(),
        interval,
        config.peering(),
        config.actionLog());
  }

  static FrontendConfig withActionLog(FrontendConfig config, Path file) {
    return new FrontendConfig(
        config.listen(),
        config.name(),
        config.storage(),
        config.pools(),
        config.limits(),
        config.scheduling(),
        config.lease(),
        config.progressInterval(),
        config.peering(),
        file);
  }

  ManagedChannel channel() {
    return channel;
  }

  Endpoint endpoint() {
    return frontend.endpoint();
  }

  /** The store as clients reach it: through the frontend. */
  RemoteBlobStore blobs() {
    return new RemoteBlobStore(channel);
  }

  /** The action cache as clients reach it. */
  RemoteActionCache cache() {
    return new RemoteActionCache(channel);
  }

  void upload(ActionBuilder action) throws IOException {
    blobs().writeAll(new BlobScope(InstanceName.ROOT, action.function()), action.blobs());
  }

  ScriptedExecutor idleExecutor(String name) {
    return ScriptedExecutor.idle(channel, name, 1);
  }

  /** Uploads an action and executes it. */
  FollowedOperation<ExecuteRequest> execute(ActionBuilder action) throws IOException {
    return execute(action, request -> request);
  }

  FollowedOperation<ExecuteRequest> execute(
      ActionBuilder action, UnaryOperator<ExecuteRequest.Builder> change) throws IOException {
    upload(action);
    return executeOnly(action, change);
  }

  /** Executes an action whose blobs are there already, or shall not be. */
  FollowedOperation<ExecuteRequest> executeOnly(
      ActionBuilder action, UnaryOperator<ExecuteRequest.Builder> change) {
    return request(
        change
            .apply(
                ExecuteRequest.newBuilder()
                    .setActionDigest(action.digest().toProto())
                    .setDigestFunction(action.function().toProto()))
            .build());
  }

  FollowedOperation<ExecuteRequest> request(ExecuteRequest request) {
    FollowedOperation<ExecuteRequest> followed = new FollowedOperation<>();
    ExecutionGrpc.newStub(channel).execute(request, followed);
    return followed;
  }

  /** Executes an action over a connection that can be cut. */
  FollowedOperation<ExecuteRequest> executeOver(BreakableConnection way, ActionBuilder action)
      throws IOException {
    upload(action);
    FollowedOperation<ExecuteRequest> followed = new FollowedOperation<>();
    ManagedChannel over = GrpcChannels.connect(way.endpoint());
    others.add(over);
    ExecutionGrpc.newStub(over)
        .execute(
            ExecuteRequest.newBuilder().setActionDigest(action.digest().toProto()).build(),
            followed);
    return followed;
  }

  FollowedOperation<WaitExecutionRequest> wait(String name) {
    FollowedOperation<WaitExecutionRequest> followed = new FollowedOperation<>();
    ExecutionGrpc.newStub(channel)
        .waitExecution(WaitExecutionRequest.newBuilder().setName(name).build(), followed);
    return followed;
  }

  void stopFrontend() {
    frontend.close();
  }

  /** Stops the frontend and starts another one, on another port. */
  void restartFrontend() throws Exception {
    channel.shutdownNow();
    frontend.close();
    frontend = FrontendMain.start(config, times);
    channel = GrpcChannels.connect(frontend.endpoint());
  }

  /** Takes the storage away. */
  void stopShard() {
    shard.close();
  }

  @Override
  public void close() {
    others.forEach(ManagedChannel::shutdownNow);
    channel.shutdownNow();
    frontend.close();
    shard.close();
  }
}
