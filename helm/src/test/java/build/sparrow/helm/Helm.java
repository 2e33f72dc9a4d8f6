package build.sparrow.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * The real Helm on this chart; a test that needs it is skipped, and says so, where there is none.
 */
final class Helm {
  static final Path CHART = Path.of("").toAbsolutePath();
  private static final Path TOOL = CHART.resolveSibling("tools").resolve("kubernetes-tool");

  private Helm() {}

  /** What Helm printed and how it ended. */
  record Run(int exitCode, String output) {}

  static void assumeThere() {
    Run version = run("version", "--short");
    Assumptions.assumeTrue(version.exitCode() == 0, "skipped: " + version.output().strip());
  }

  /** The objects of a release called sparrow in the namespace sparrow-system. */
  static List<JsonNode> template(String... arguments) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "template",
                "sparrow",
                CHART.toString(),
                "--namespace=sparrow-system",
                "--kube-version=1.33.0"));
    line.addAll(List.of(arguments));
    Run run = run(line.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.output()).isZero();
    List<JsonNode> objects = new ArrayList<>();
    YAMLMapper yaml = new YAMLMapper();
    try (var documents = yaml.readerFor(JsonNode.class).<JsonNode>readValues(run.output())) {
      documents.forEachRemaining(
          document -> {
            if (document.isObject()) {
              objects.add(document);
            }
          });
    }
    return objects;
  }

  static Run run(String... arguments) {
    List<String> line = new ArrayList<>(List.of(TOOL.toString(), "helm"));
    line.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("helm ends").isTrue();
      return new Run(process.exitValue(), output);
    } catch (IOException e) {
      return new Run(127, TOOL + " cannot be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while helm ran", e);
    }
  }
}
