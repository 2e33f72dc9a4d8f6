package build.sparrow.e2e.farm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One process of a farm. It can be killed and started again with the same command line, so on the
 * same port and data directory.
 */
public final class FarmProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final int KEPT_LOG_LINES = 60;

  private final String name;
  private final List<String> command;
  private final String readyLine;
  private final Path log;
  private @Nullable Process process;

  // What an earlier run of this process wrote ends here.
  private int logStart;

  /**
   * A process that was not started yet.
   *
   * @param directory where its log lies
   * @param readyLine what it writes when it is ready, the beginning of a line
   */
  FarmProcess(String name, Path directory, List<String> command, String readyLine) {
    this.name = name;
    this.command = List.copyOf(command);
    this.readyLine = readyLine;
    this.log = directory.resolve(name + ".log");
  }

  String name() {
    return name;
  }

  /** Starts it and waits until it says that it is ready. */
  public void start() {
    try {
      logStart = Files.exists(log) ? (int) Files.size(log) : 0;
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + command, e);
    }
    Process started = process;
    Eventually.holds(
        "\"" + readyLine + "\" from " + command + "; its log is " + log,
        START_LIMIT,
        () -> {
          if (output().lines().anyMatch(line -> line.startsWith(readyLine))) {
            return true;
          }
          if (!started.isAlive()) {
            throw new AssertionError(
                "%s ended with exit code %d before it was ready:%n%s"
                    .formatted(command, started.exitValue(), logTail()));
          }
          return false;
        });
  }

  /** Ends it as a crash does, with SIGKILL. */
  public void kill() {
    running().destroyForcibly();
    awaitExit(KILL_LIMIT);
  }

  /** Asks it to stop, with SIGTERM, and does not wait. */
  public void terminate() {
    running().destroy();
  }

  /**
   * Waits until it has ended.
   *
   * @return the exit code; 128 + signal for one that a signal ended
   * @throws AssertionError if it still runs at the limit
   */
  public int awaitExit(Duration limit) {
    Process ending = running();
    try {
      if (ending.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return ending.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + name, e);
    }
    throw new AssertionError(
        "%s (pid %d) still runs after %d ms:%n%s"
            .formatted(name, ending.pid(), limit.toMillis(), logTail()));
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The memory that it holds now, in bytes. */
  public long residentBytes() {
    Path status = Path.of("/proc", Long.toString(running().pid()), "status");
    try (Stream<String> lines = Files.lines(status)) {
      // As "VmRSS:	  123456 kB".
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum()
          * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(name + " has ended", e);
    }
  }

  /** What it wrote since it was started last. */
  public String output() {
    try {
      byte[] bytes = Files.exists(log) ? Files.readAllBytes(log) : new byte[0];
      return new String(bytes, logStart, bytes.length - logStart, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines of its log, of all its runs, under a heading. */
  String logTail() {
    try (Stream<String> lines = Files.exists(log) ? Files.lines(log) : Stream.empty()) {
      List<String> all = lines.toList();
      List<String> tail = all.subList(Math.max(0, all.size() - KEPT_LOG_LINES), all.size());
      return "---- %s: the last %d of %d lines of %s%n%s%n"
          .formatted(name, tail.size(), all.size(), log, String.join("\n", tail));
    } catch (IOException | UncheckedIOException e) {
      return "---- %s: cannot read %s: %s%n".formatted(name, log, e);
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }
}
