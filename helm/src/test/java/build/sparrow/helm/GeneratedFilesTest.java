package build.sparrow.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compares what is copied or generated into the chart with its source. After a change of the
 * source: {@code mvn -pl helm test -Dsparrow.crds.update=true}.
 */
final class GeneratedFilesTest {
  static final Path GENERATED_CRDS = Helm.CHART.resolveSibling("crds").resolve("generated");
  private static final String ADVICE =
      "run mvn -pl helm test -Dsparrow.crds.update=true and commit what changes";

  @Test
  void chartHasTheGeneratedCrds() throws IOException {
    Path copies = Helm.CHART.resolve("files").resolve("crds");

    List<String> crds = names(GENERATED_CRDS);
    assertThat(crds).hasSize(2);
    for (String crd : crds) {
      isGenerated(copies.resolve(crd), Files.readString(GENERATED_CRDS.resolve(crd)));
    }
    assertThat(names(copies)).isEqualTo(crds);
  }

  @Test
  void readmeDescribesTheValues() throws IOException {
    List<String> values = Files.readAllLines(Helm.CHART.resolve("values.yaml"));

    isGenerated(Helm.CHART.resolve("README.md"), ChartReadme.of(values));
  }

  private static void isGenerated(Path file, String content) throws IOException {
    if (Boolean.getBoolean("sparrow.crds.update")) {
      Files.writeString(file, content);
    }
    assertThat(file).as(ADVICE).hasContent(content);
  }

  private static List<String> names(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.map(entry -> folder.relativize(entry).toString()).sorted().toList();
    }
  }
}
