package build.sparrow.executor.sandbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Directories for one test, and commands in the host's own root. */
final class SandboxWorld {
  static final Duration LONG = Duration.ofSeconds(60);

  final Path work;
  final Path root;
  final Path spill;

  SandboxWorld(Path directory) throws IOException {
    work = Files.createDirectory(directory.resolve("work"));
    root = Files.createDirectory(work.resolve("root"));
    spill = Files.createDirectory(work.resolve("spill"));
  }

  /** The real bubblewrap; where it cannot run the test is skipped, and says why. */
  BubblewrapRunner bubblewrap(Path... hidden) throws IOException {
    String path = String.valueOf(System.getenv("PATH"));
    try {
      return BubblewrapRunner.create(
          BubblewrapRunner.find(path), Path.of("/"), List.of(hidden), work);
    } catch (SandboxException e) {
      assumeTrue(false, "Skipped: " + e.getMessage());
      throw e;
    }
  }

  RunRequest shell(String script) {
    return shell(script, LONG);
  }

  RunRequest shell(String script, Duration timeout) {
    return command(timeout, Map.of(), "/bin/bash", "-c", script);
  }

  RunRequest command(Duration timeout, Map<String, String> environment, String... arguments) {
    Map<String, String> withPath = new HashMap<>(environment);
    withPath.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
    return new RunRequest(root, "", List.of(arguments), withPath, timeout, spill);
  }

  static String text(CapturedStream stream) throws IOException {
    return switch (stream.content()) {
      case CapturedStream.InMemory(ByteString bytes) -> bytes.toStringUtf8();
      case CapturedStream.InFile(Path file, _) -> Files.readString(file);
    };
  }

  /** Whether a process of the host has this word among its arguments. */
  static boolean lives(String argument) {
    return ProcessHandle.allProcesses()
        .anyMatch(
            process ->
                List.of(process.info().arguments().orElse(new String[0])).contains(argument));
  }
}
