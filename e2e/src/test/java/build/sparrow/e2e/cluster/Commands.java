package build.sparrow.e2e.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
final class Commands {
  private Commands() {}

  /**
   * How a program ended.
   *
   * @param exitCode 127 if there is no such program
   * @param output both streams
   */
  record Run(int exitCode, String output) {
    Run succeeded(List<String> line) {
      if (exitCode != 0) {
        throw new IllegalStateException(
            "%s ended with exit code %d:%n%s".formatted(String.join(" ", line), exitCode, output));
      }
      return this;
    }
  }

  static Run run(Duration limit, List<String> line) {
    try {
      Path output = Files.createTempFile("sparrow-e2e-", ".log");
      try {
        Process process =
            new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(
              "%s still runs after %d s:%n%s"
                  .formatted(line, limit.toSeconds(), Files.readString(output)));
        }
        // Not the stream itself: what the program leaves running may hold it open.
        byte[] bytes = Files.readAllBytes(output);
        return new Run(process.exitValue(), new String(bytes, StandardCharsets.UTF_8).strip());
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      return new Run(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while running " + line, e);
    }
  }
}
