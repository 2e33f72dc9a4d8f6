package build.sparrow.cli;

import build.sparrow.cas.CasConfig;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.frontend.FrontendConfig;
import build.sparrow.service.Endpoint;
import build.sparrow.service.ProcessHealth;
import java.time.Duration;
import java.util.Optional;

/** Starts what a farm consists of, in this process. */
interface Roles {
  /** The storage; returns once it serves. */
  RunningServer startShard(CasConfig config) throws Exception;

  /** A frontend; returns once it serves. */
  RunningServer startFrontend(FrontendConfig config) throws Exception;

  /** An executor; returns once its work directory and sandbox are proven to work. */
  RunningExecutor startExecutor(ExecutorConfig config) throws Exception;

  /** A shard or frontend that serves until it is closed. */
  interface RunningServer extends AutoCloseable, ProcessHealth {
    Endpoint endpoint();

    /** Serves until it is closed. */
    @Override
    default Optional<String> obstacle() {
      return Optional.empty();
    }

    /**
     * Sends new calls elsewhere, and returns when nobody waits for an answer any more, or after the
     * grace.
     */
    void retire(Duration grace) throws InterruptedException;

    @Override
    void close();
  }

  /** An executor that takes work until it is drained. */
  interface RunningExecutor extends AutoCloseable, ProcessHealth {
    /** Takes no more work and returns once nothing runs or the grace is over. */
    void drain(Duration grace) throws InterruptedException;

    @Override
    void close();
  }
}
