package build.sparrow.cli;

import build.sparrow.cas.CasConfig;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.service.Endpoint;
import java.time.Duration;

/** Starts what a farm consists of, in this process. */
interface Roles {
  /** The storage; returns once it serves. */
  RunningServer startShard(CasConfig config) throws Exception;

  /** A frontend; returns once it serves. */
  RunningServer startFrontend(FrontendConfig config) throws Exception;

  /** An executor; returns once its work directory and sandbox are proven to work. */
  RunningExecutor startExecutor(ExecutorConfig config) throws Exception;

  /** A shard or frontend that serves until it is closed. */
  interface RunningServer extends AutoCloseable {
    Endpoint endpoint();

    @Override
    void close();
  }

  /** An executor that takes work until it is drained. */
  interface RunningExecutor extends AutoCloseable {
    /** Takes no more work and returns once nothing runs or the grace is over. */
    void drain(Duration grace) throws InterruptedException;

    @Override
    void close();
  }
}
