package build.sparrow.cli;

import build.sparrow.cas.CasConfig;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.InspectStorageRequest;
import build.sparrow.farm.v1.InspectStorageResponse;
import build.sparrow.farm.v1.ShardStatus;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcServer;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Roles that serve nothing but what {@code status} asks, and write down what is asked of them. */
final class RecordingRoles implements Roles {
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<ExecutorConfig> executors = new CopyOnWriteArrayList<>();
  final List<CasConfig> shards = new CopyOnWriteArrayList<>();
  private @Nullable String failing;

  /** Lets the part of that name fail to start. */
  void failToStart(String name) {
    failing = name;
  }

  /** Serves what a frontend is asked. */
  RunningServer serve(String name) throws IOException {
    return server(name, Endpoint.loopback(0));
  }

  @Override
  public RunningServer startShard(CasConfig config) throws Exception {
    shards.add(config);
    return server("shard", config.listen());
  }

  @Override
  public RunningServer startFrontend(FrontendConfig config) throws Exception {
    return server(config.name(), config.listen());
  }

  @Override
  public RunningExecutor startExecutor(ExecutorConfig config) throws Exception {
    started(config.name());
    executors.add(config);
    return new RunningExecutor() {
      @Override
      public void drain(Duration grace) {
        events.add("drain " + config.name() + " within " + grace.toSeconds() + " s");
      }

      @Override
      public Optional<String> obstacle() {
        return Optional.of("no frontend answers");
      }

      @Override
      public void close() {
        events.add("close " + config.name());
      }
    };
  }

  private RunningServer server(String name, Endpoint listen) throws IOException {
    started(name);
    GrpcServer server = GrpcServer.builder(listen).addService(new Inspection()).build().start();
    return new RunningServer() {
      @Override
      public Endpoint endpoint() {
        return server.endpoint();
      }

      @Override
      public void retire(Duration grace) {
        events.add("retire " + name + " within " + grace.toSeconds() + " s");
      }

      @Override
      public void close() {
        events.add("close " + name);
        server.close();
      }
    };
  }

  private void started(String name) throws IOException {
    if (name.equals(failing)) {
      throw new IOException(name + " found no bwrap; install bubblewrap");
    }
    events.add("start " + name);
  }

  private final class Inspection extends FarmGrpc.FarmImplBase {
    @Override
    public void inspect(InspectRequest request, StreamObserver<InspectResponse> responses) {
      InspectResponse.Builder farm = InspectResponse.newBuilder();
      for (ExecutorConfig executor : executors) {
        farm.addExecutors(
            ExecutorStatus.newBuilder()
                .setName(executor.name())
                .setPool(executor.pool())
                .setSlots(executor.slots())
                .setState(ExecutorStatus.State.READY));
      }
      responses.onNext(farm.build());
      responses.onCompleted();
    }

    @Override
    public void inspectStorage(
        InspectStorageRequest request, StreamObserver<InspectStorageResponse> responses) {
      responses.onNext(
          InspectStorageResponse.newBuilder()
              .addShards(ShardStatus.newBuilder().setShard("s-0:1").setFailure("UNAVAILABLE"))
              .build());
      responses.onCompleted();
    }
  }
}
