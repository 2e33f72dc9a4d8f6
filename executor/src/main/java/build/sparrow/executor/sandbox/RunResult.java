package build.sparrow.executor.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a command ended and what it wrote.
 *
 * @param duration from its start to the death of its last process
 */
public record RunResult(
    Ending ending, CapturedStream stdout, CapturedStream stderr, Duration duration)
    implements AutoCloseable {
  /** How a command ended. */
  public sealed interface Ending {}

  /**
   * By itself.
   *
   * @param exitCode 128 + n if signal n ended it, 127 if it was not found, 126 if not executable
   */
  public record Exited(int exitCode) implements Ending {}

  /** Its time was up. */
  public record TimedOut() implements Ending {}

  /** Somebody threw the kill switch. */
  public record Killed() implements Ending {}

  /** For a command that could not be executed: an exit code and words as of a shell. */
  static RunResult notStarted(CommandNotStartedException failure, RunRequest request)
      throws IOException {
    CapturedStream stdout = new CapturedStream(request.spill().resolve("stdout"));
    CapturedStream stderr = new CapturedStream(request.spill().resolve("stderr"));
    byte[] words = failure.getMessage().getBytes(StandardCharsets.UTF_8);
    stderr.write(words, words.length);
    stdout.finish();
    stderr.finish();
    return new RunResult(new Exited(failure.exitCode()), stdout, stderr, Duration.ZERO);
  }

  /** Forgets what it wrote. */
  @Override
  public void close() {
    stdout.close();
    stderr.close();
  }
}
