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
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An executor at work. */
public final class RunningAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunningAgent.class);

  private static final long DIRECTORY_CACHE_BYTES = 32 << 20;

  /** How long to wait for killed processes to be dead. */
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  /** How long what was sent to the frontends may take to go out. */
  private static final Duration FLUSH_LIMIT = Duration.ofSeconds(2);

  private final ServiceGroup services;
  private final ExecutorAgent agent;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private RunningAgent(ServiceGroup services, ExecutorAgent agent) {
    this.services = services;
    this.agent = agent;
  }

  /**
   * Starts an executor; it knows of no frontend until it is told of them by {@link #list}.
   *
   * @throws Exception if the work directory or the sandbox cannot be used; nothing runs then
   */
  public static RunningAgent start(ExecutorConfig config, BlobStore store, Dialler dialler)
      throws Exception {
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
                      config.name()));
      ExecutorAgent agent =
          new ExecutorAgent(identity(config), loop, runner, slots, dialler, random);
      agent.start();
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
   * Says where frontends are from now on. One that is listed no more is given up once it does not
   * answer, and what it left behind is stopped 15 s later.
   */
  public void list(Set<FrontendId> places) {
    agent.list(places);
  }

  /** Why no work can come; empty while a frontend answers. */
  public Optional<String> obstacle() {
    return agent.obstacle();
  }

  /**
   * Takes no more work, hands back what has not started, lets what runs end within the grace, and
   * hands back the rest. Returns when nothing runs and every result is acknowledged, or the grace
   * has passed.
   */
  public void drain(Duration grace) throws InterruptedException {
    if (!ended(agent.drain(grace), grace.plus(KILL_LIMIT))) {
      log.atWarn().addKeyValue("grace", grace).log("Actions are still running after the grace");
    }
  }

  private static <T extends @Nullable Object> boolean ended(Future<T> future, Duration limit)
      throws InterruptedException {
    try {
      future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops now: hands back what runs, ends the streams, and lets go out what was sent on them. */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    try {
      drain(Duration.ZERO);
      Future<List<ManagedChannel>> channels = agent.disconnect();
      if (ended(channels, KILL_LIMIT)) {
        shutDown(channels.resultNow());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    services.close();
  }

  private static void shutDown(List<ManagedChannel> channels) throws InterruptedException {
    channels.forEach(ManagedChannel::shutdown);
    long untilNanos = System.nanoTime() + FLUSH_LIMIT.toNanos();
    for (ManagedChannel channel : channels) {
      if (!channel.awaitTermination(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        channel.shutdownNow();
      }
    }
  }
}
