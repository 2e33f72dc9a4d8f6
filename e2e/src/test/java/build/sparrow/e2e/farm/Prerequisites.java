package build.sparrow.e2e.farm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a machine must have for these tests; where it has not, they are skipped and say why. */
public final class Prerequisites {
  /** The programs that were asked for, and what each said. */
  private static final ConcurrentMap<List<String>, Answer> ANSWERS = new ConcurrentHashMap<>();

  private static final List<String> TOOLCHAIN_ROOT =
      List.of(Repository.tool("toolchain-root").toString());
  private static final List<String> SANDBOX =
      List.of("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true");

  private record Answer(int exitCode, String output) {}

  private Prerequisites() {}

  /** Why there is no Bazel with a compiler; empty if there is. */
  public static Optional<String> lackOfBazel() {
    return lack("no Bazel", TOOLCHAIN_ROOT);
  }

  /** Why bubblewrap cannot run; empty if it can. */
  static Optional<String> lackOfBubblewrap() {
    return lack("bubblewrap does not work here", SANDBOX);
  }

  /** The directory that holds Bazel and a compiler. */
  static String toolchainRoot() {
    Answer answer = ask(TOOLCHAIN_ROOT);
    if (answer.exitCode() != 0) {
      throw new IllegalStateException(answer.output());
    }
    return answer.output();
  }

  /** Enables a test if nothing lacks, else prints the line that tells of it. */
  public static ConditionEvaluationResult condition(
      ExtensionContext context, Optional<String> lack) {
    if (lack.isEmpty()) {
      return ConditionEvaluationResult.enabled("All is there");
    }
    System.out.println("SKIPPED " + context.getDisplayName() + ": " + lack.get());
    return ConditionEvaluationResult.disabled(lack.get());
  }

  private static Optional<String> lack(String heading, List<String> command) {
    Answer answer = ask(command);
    return answer.exitCode() == 0
        ? Optional.empty()
        : Optional.of(heading + ": " + answer.output());
  }

  private static Answer ask(List<String> command) {
    return ANSWERS.computeIfAbsent(command, Prerequisites::run);
  }

  private static Answer run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Answer(process.waitFor(), output);
    } catch (IOException e) {
      // The program is not there.
      return new Answer(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while running " + command, e);
    }
  }
}
