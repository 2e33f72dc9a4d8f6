package build.sparrow.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * How many actions a second one frontend's scheduler brings from Execute to their results, on one
 * thread: with few and with many executors, while they have room and while actions wait.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx2g", "--sun-misc-unsafe-memory-access=allow"})
public class SchedulerBenchmark {
  @Param({"100", "10000"})
  private int executors;

  /** How many actions wait for each executor. */
  @Param({"0", "1"})
  private int waiting;

  private @Nullable BusyOwner owner;

  /** A new owner for each iteration, so that none is older than another. */
  @Setup(Level.Iteration)
  public void connect() {
    owner = new BusyOwner(executors, executors * waiting);
  }

  /** One action, all the way. */
  @Benchmark
  public long decide() {
    return Objects.requireNonNull(owner).decide();
  }

  /** Runs it and prints a line {@code key=number} for each figure. */
  public static void main(String[] arguments) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(SchedulerBenchmark.class.getName())
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    print("decisions_few_executors", worst(rate(results, "100", "0"), rate(results, "100", "1")));
    print(
        "decisions_many_executors",
        worst(rate(results, "10000", "0"), rate(results, "10000", "1")));
    print(
        "decisions_many_over_few",
        worst(
            rate(results, "10000", "0") / rate(results, "100", "0"),
            rate(results, "10000", "1") / rate(results, "100", "1")));
  }

  private static double worst(double withRoom, double withWaiting) {
    return Math.min(withRoom, withWaiting);
  }

  private static double rate(Collection<RunResult> results, String executors, String waiting) {
    return results.stream()
        .filter(each -> each.getParams().getParam("executors").equals(executors))
        .filter(each -> each.getParams().getParam("waiting").equals(waiting))
        .mapToDouble(each -> each.getPrimaryResult().getScore())
        .findFirst()
        .orElseThrow();
  }

  private static void print(String key, double value) {
    System.out.printf(Locale.ROOT, "%s=%.3f%n", key, value);
  }
}
