package build.sparrow.cli;

import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.executor.ExecutorMain;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.frontend.FrontendMain;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.Optional;

/** The roles as they are on a cluster; they talk gRPC on loopback even in one process. */
final class InProcessRoles implements Roles {
  @Override
  public RunningServer startShard(CasConfig config) throws Exception {
    CasMain shard = CasMain.start(config);
    return new RunningServer() {
      @Override
      public Endpoint endpoint() {
        return shard.endpoint();
      }

      @Override
      public Optional<String> obstacle() {
        return shard.fault().or(shard::arrears);
      }

      @Override
      public Optional<String> fault() {
        return shard.fault();
      }

      // Its calls are short: closing it lets them end.
      @Override
      public void retire(Duration grace) {}

      @Override
      public void close() {
        shard.close();
      }
    };
  }

  @Override
  public RunningServer startFrontend(FrontendConfig config) throws Exception {
    FrontendMain frontend = FrontendMain.start(config);
    return new RunningServer() {
      @Override
      public Endpoint endpoint() {
        return frontend.endpoint();
      }

      @Override
      public Optional<String> fault() {
        return frontend.fault();
      }

      @Override
      public void retire(Duration grace) throws InterruptedException {
        frontend.retire(grace);
      }

      @Override
      public void close() {
        frontend.close();
      }
    };
  }

  @Override
  public RunningExecutor startExecutor(ExecutorConfig config) throws Exception {
    ExecutorMain executor = ExecutorMain.start(config);
    return new RunningExecutor() {
      @Override
      public void drain(Duration grace) throws InterruptedException {
        executor.drain(grace);
      }

      @Override
      public Optional<String> obstacle() {
        return executor.obstacle();
      }

      @Override
      public void close() {
        executor.close();
      }
    };
  }
}
