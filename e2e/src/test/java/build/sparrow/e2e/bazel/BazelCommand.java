package build.sparrow.e2e.bazel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Bazel command that runs. */
public final class BazelCommand {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final List<String> line;
  private final Process process;
  private final Path output;
  private final @Nullable Path grpcLog;

  private BazelCommand(List<String> line, Process process, Path output, @Nullable Path grpcLog) {
    this.line = line;
    this.process = process;
    this.output = output;
    this.grpcLog = grpcLog;
  }

  static BazelCommand start(BazelServer server, List<String> line) {
    return start(server, line, null);
  }

  static BazelCommand start(BazelServer server, List<String> line, @Nullable Path grpcLog) {
    Path output = server.newFile(".log");
    try {
      Process process =
          new ProcessBuilder(line)
              .directory(server.workspace().toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      return new BazelCommand(line, process, output, grpcLog);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + line, e);
    }
  }

  /** Interrupts it as Ctrl-C does, with SIGINT. */
  public void interrupt() {
    List<ProcessHandle> clients =
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .filter(handle -> handle.children().findAny().isEmpty())
            .toList();
    for (ProcessHandle client : clients) {
      try {
        new ProcessBuilder("kill", "-INT", Long.toString(client.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while interrupting " + line, e);
      }
    }
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @throws AssertionError with the output, if it does not end within four minutes
   */
  public BazelResult await() {
    return await(LIMIT);
  }

  /** As {@link #await()}, with another limit. */
  public BazelResult await(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        interrupt();
        throw new AssertionError(
            line + " still runs after " + limit + ":\n" + Files.readString(output));
      }
      return new BazelResult(
          process.exitValue(),
          Files.readString(output),
          grpcLog == null ? new GrpcLog(List.of()) : GrpcLog.read(grpcLog));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + line, e);
    }
  }
}
