package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/operate/monitoring.md names every metric of the sources, and no other. */
final class MonitoringPageTest {
  private static final Path REPOSITORY = Path.of("..");
  private static final Pattern IN_SOURCE = Pattern.compile("\"(sparrow_[a-z]+_[a-z_]*[a-z])\"");
  private static final Pattern IN_TABLE = Pattern.compile("`(sparrow_[a-z_]+)`");

  /** Those that the sources put together from parts. */
  private static final Set<String> COMPOSED =
      Set.of(
          "sparrow_cas_call_seconds",
          "sparrow_scheduler_executors",
          "sparrow_scheduler_slots",
          "sparrow_scheduler_busy_slots",
          "sparrow_scheduler_queued_actions");

  @Test
  void everyMetricHasARow() throws Exception {
    Set<String> inSources = new TreeSet<>(COMPOSED);
    try (Stream<Path> files = Files.walk(REPOSITORY)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/main/java/"))
          .forEach(file -> addAll(IN_SOURCE, read(file), inSources));
    }
    String page = read(REPOSITORY.resolve("docs/operate/monitoring.md"));
    Set<String> inTable = new TreeSet<>();
    addAll(IN_TABLE, page.substring(page.indexOf("## All of them")), inTable);

    assertThat(inTable).isEqualTo(inSources);
  }

  private static void addAll(Pattern pattern, String text, Set<String> found) {
    pattern
        .matcher(text)
        .results()
        .forEach(match -> found.add(Objects.requireNonNull(match.group(1))));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
