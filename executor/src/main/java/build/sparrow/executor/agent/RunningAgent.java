package build.sparrow.executor.agent;

import build.sparrow.cas.BlobStore;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.executor.SandboxConfig;
import build.sparrow.executor.input.InputCache;
import build.sparrow.executor.input.InputTrees;
import build.sparrow.executor.output.OutputLimits;
import build.sparrow.executor.sandbox.ActionRunner;
import build.sparrow.executor.sandbox.BubblewrapRunner;
import build.sparrow.executor.sandbox.PlainRunner;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.executor.ExecutorScheduler;
import build.sparrow.service.ServiceGroup;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An executor at work, over channels that are the caller's. */
public final class RunningAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningAgent.class);

  private static final long DIRECTORY_CACHE_BYTES = 32 << 20;

  /** How long to wait for killed processes to be dead. */
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  private final ServiceGroup services;
  private final ExecutorAgent agent;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private RunningAgent(ServiceGroup services, ExecutorAgent agent) {
    this.services = services;
    this.agent = agent;
  }

  /**
   * Starts an executor.
   *
   * @param frontends by the place at which they are dialled
   * @throws Exception if the work directory or the sandbox cannot be used; nothing runs then
   */
  public static RunningAgent start(
      ExecutorConfig config, BlobStore store, Map<FrontendId, Channel> frontends) throws Exception {
    ServiceGroup services = new ServiceGroup();
    try {
      Workspace workspace =
          services.start("work directory", () -> Workspace.open(config.workDirectory()));
      AttemptRunner runner =
          new AttemptRunner(
              config.name(),
              store,
              new InputTrees(store, DIRECTORY_CACHE_BYTES),
              InputCache.open(workspace.inputCache(), config.inputCacheSize().bytes(), store),
              actionRunner(config, workspace),
              workspace,
              OutputLimits.DEFAULT,
              InstantSource.system());
      // Platform threads that stay: a sandbox dies with the thread that started it.
      ExecutorService slots =
          services.start(
              "slots",
              () ->
                  Executors.newFixedThreadPool(
                      config.slots(),
                      Thread.ofPlatform().name("slot-" + config.name() + "-", 1).factory()));
      SecureRandom random = new SecureRandom();
      SchedulerLoop loop =
          services.start(
              "scheduler",
              () ->
                  new SchedulerLoop(
                      new ExecutorScheduler(
                          build.sparrow.scheduling.executor.ExecutorConfig.of(config.slots())),
                      random,
                      config.name()));
      ExecutorAgent agent = new ExecutorAgent(identity(config), loop, runner, slots);
      agent.start(frontends, random);
      log.atInfo()
          .addKeyValue("executor", config.name())
          .addKeyValue("pool", config.pool())
          .addKeyValue("slots", config.slots())
          .addKeyValue("sandbox", config.sandbox())
          .log("Executor started");
      return new RunningAgent(services, agent);
    } catch (Exception e) {
      services.close();
      throw e;
    }
  }

  private static ExecutorAgent.Identity identity(ExecutorConfig config) {
    return new ExecutorAgent.Identity(
        config.name(),
        UUID.randomUUID().toString(),
        config.pool(),
        config.platform().toProto(),
        config.sandbox().isolationLevel(),
        config.slots(),
        config.drainTimeout());
  }

  private static ActionRunner actionRunner(ExecutorConfig config, Workspace workspace)
      throws IOException {
    return switch (config.sandbox()) {
      case SandboxConfig.None() -> new PlainRunner();
      case SandboxConfig.Bubblewrap(Path root, List<Path> hidden) -> {
        List<Path> allHidden = new ArrayList<>();
        allHidden.add(workspace.directory());
        for (Path directory : hidden) {
          allHidden.add(directory.toRealPath());
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        yield BubblewrapRunner.create(
            BubblewrapRunner.find(path), root.toRealPath(), allHidden, workspace.directory());
      }
    };
  }

  /**
   * Takes no more work, hands back what has not started, lets what runs end within the grace, and
   * hands back the rest. Returns when nothing runs and every result is acknowledged, or the grace
   * has passed.
   */
  public void drain(Duration grace) throws InterruptedException {
    if (!await(agent.drain(grace), grace.plus(KILL_LIMIT))) {
      log.atWarn().addKeyValue("grace", grace).log("Actions are still running after the grace");
    }
  }

  private static boolean await(Future<?> future, Duration limit) throws InterruptedException {
    try {
      future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops now: hands back what runs, then ends the streams. */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    try {
      drain(Duration.ZERO);
      var _ = await(agent.disconnect(), KILL_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    services.close();
  }
}
