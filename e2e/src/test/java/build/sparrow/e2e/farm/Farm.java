package build.sparrow.e2e.farm;

import static java.util.Objects.requireNonNull;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.InspectRequest;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.farm.v1.WhyRequest;
import build.sparrow.farm.v1.WhyResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * A farm that runs while a test class does. Register it in a static field.
 *
 * <p>It has ports and a directory of its own. When a test fails, the logs are printed and the
 * directory is kept.
 */
public final class Farm
    implements ExecutionCondition, BeforeAllCallback, AfterAllCallback, InvocationInterceptor {
  private static final Duration EXECUTORS_LIMIT = Duration.ofSeconds(30);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  private final FarmLayout layout;
  private final boolean oneProcess;
  private final List<FarmProcess> processes = new ArrayList<>();
  private final Thread lastResort = new Thread(this::killAll, "farm-last-resort");
  private boolean failed;
  private @Nullable Path directory;
  private @Nullable String endpoint;
  private @Nullable ManagedChannel channel;

  private Farm(FarmLayout layout, boolean oneProcess) {
    this.layout = layout;
    this.oneProcess = oneProcess;
  }

  /** A farm as {@code sparrow up} runs it. */
  public static Farm inOneProcess(FarmLayout layout) {
    return new Farm(layout, true);
  }

  /** A farm whose shard, frontend and executors can be killed one by one. */
  public static Farm inManyProcesses(FarmLayout layout) {
    return new Farm(layout, false);
  }

  /** What clients connect to, as {@code 127.0.0.1:8980}. */
  public String endpoint() {
    return requireNonNull(endpoint, "The farm was not started");
  }

  /**
   * What a user of the farm has in the {@code .bazelrc}: the lines that {@code sparrow up} prints.
   * The processes of a farm in many print none; there it is the least that makes Bazel use all
   * slots.
   */
  public List<String> bazelrcLines() {
    if (!oneProcess) {
      return List.of(
          "build --remote_executor=grpc://" + endpoint(),
          "build --jobs=" + 2 * layout.totalSlots());
    }
    return Eventually.get(
        "lines for .bazelrc",
        CALL_LIMIT,
        () ->
            Optional.of(frontend().output().lines().filter(Farm::isForBazelrc).toList())
                .filter(lines -> !lines.isEmpty()));
  }

  private static boolean isForBazelrc(String line) {
    return line.matches("(common|build|test)(:\\S+)? .*");
  }

  public FarmProcess frontend() {
    return process(oneProcess ? "up" : "frontend");
  }

  public FarmProcess shard() {
    return process(oneProcess ? "up" : shardName(0));
  }

  /** A shard of a farm in many processes, from 0. */
  public FarmProcess shard(int number) {
    return process(shardName(number));
  }

  /** An executor of a farm in many processes, from 0. */
  public FarmProcess executor(int number) {
    return process(executorName(number));
  }

  /** The directory of the farm, for the farm's data and for what a test shares with actions. */
  public Path directory() {
    return requireNonNull(directory, "The farm was not started");
  }

  /** What the frontend knows right now. */
  public InspectResponse inspect() {
    return farm().inspect(InspectRequest.getDefaultInstance());
  }

  /** Where an operation is and why; empty if the frontend does not know it any more. */
  public Optional<WhyResponse> why(String operation) {
    try {
      return Optional.of(farm().why(WhyRequest.newBuilder().setOperation(operation).build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** How many slots run an action now. */
  public int busySlots() {
    return inspect().getPoolsList().stream().mapToInt(PoolStatus::getBusySlots).sum();
  }

  /** What the executor of that number runs now. */
  public List<String> runningOperations(int executor) {
    return inspect().getExecutorsList().stream()
        .filter(status -> status.getName().equals(executorName(executor)))
        .flatMap(status -> status.getRunningOperationsList().stream())
        .toList();
  }

  /** Waits until as many executors are ready as the layout has. */
  public void awaitExecutors() {
    Eventually.holds(
        layout.executors() + " executors are ready", EXECUTORS_LIMIT, this::executorsAreReady);
  }

  private boolean executorsAreReady() {
    try {
      return inspect().getExecutorsList().stream()
              .filter(executor -> executor.getState() == ExecutorStatus.State.READY)
              .count()
          == layout.executors();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> lack =
        switch (layout.sandbox()) {
          case TOOLCHAIN_ROOT ->
              Prerequisites.lackOfBubblewrap().or(() -> Prerequisites.lackOfBazel());
          case HOST_ROOT -> Prerequisites.lackOfBubblewrap();
          case NONE -> Optional.empty();
        };
    return Prerequisites.condition(context, lack);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    Path own = Directories.make(context.getRequiredTestClass().getSimpleName());
    directory = own;
    Path yaml = Files.writeString(own.resolve("buildfarm.yaml"), layout.yaml());
    String address = "127.0.0.1:" + FreePorts.next();
    endpoint = address;
    channel =
        Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).disableRetry().build();
    processes.addAll(new SparrowCommands(own, yaml, address).processes(layout, oneProcess));
    Runtime.getRuntime().addShutdownHook(lastResort);
    try {
      processes.forEach(FarmProcess::start);
      awaitExecutors();
    } catch (RuntimeException | AssertionError e) {
      failed = true;
      System.err.print(logs());
      throw e;
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (channel != null) {
      channel.shutdownNow();
    }
    List<AssertionError> stuck = new ArrayList<>();
    for (FarmProcess process : processes.reversed()) {
      if (process.isAlive()) {
        process.terminate();
        try {
          process.awaitExit(STOP_LIMIT);
        } catch (AssertionError e) {
          stuck.add(e);
          process.kill();
        }
      }
    }
    Runtime.getRuntime().removeShutdownHook(lastResort);
    if (!failed && stuck.isEmpty()) {
      Directories.delete(directory());
    } else {
      System.err.println("Kept for you to look at: " + directory());
    }
    stuck.stream()
        .findFirst()
        .ifPresent(
            error -> {
              throw error;
            });
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext extensionContext)
      throws Throwable {
    proceedWithLogs(invocation);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<Void> invocation,
      DynamicTestInvocationContext invocationContext,
      ExtensionContext extensionContext)
      throws Throwable {
    proceedWithLogs(invocation);
  }

  private void proceedWithLogs(Invocation<Void> invocation) throws Throwable {
    try {
      invocation.proceed();
    } catch (Throwable e) {
      if (!failed) {
        System.err.print(logs());
      }
      failed = true;
      throw e;
    }
  }

  private String logs() {
    return processes.stream().map(FarmProcess::logTail).collect(Collectors.joining());
  }

  // For the case that the JVM of the tests is told to end in the middle of them.
  private void killAll() {
    processes.reversed().stream().filter(FarmProcess::isAlive).forEach(FarmProcess::kill);
  }

  static String shardName(int number) {
    return "shard-" + number;
  }

  static String executorName(int number) {
    return "executor-" + number;
  }

  private FarmProcess process(String name) {
    return processes.stream()
        .filter(process -> process.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("This farm has no process " + name));
  }

  private FarmGrpc.FarmBlockingStub farm() {
    return FarmGrpc.newBlockingStub(requireNonNull(channel, "The farm was not started"))
        .withDeadlineAfter(CALL_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }
}
