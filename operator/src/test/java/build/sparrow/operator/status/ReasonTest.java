package build.sparrow.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.autoscale.Limit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a condition says, docs/operate/troubleshooting.md explains. */
final class ReasonTest {
  private static final Path PAGE = Path.of("../docs/operate/troubleshooting.md");

  private static final Pattern WORD = Pattern.compile("`(\\w+)`");

  @Test
  void everyReasonOfAFarmIsExplained_whereItBelongs() throws Exception {
    List<String> page = Files.readAllLines(PAGE);

    assertThat(explained(page, "## Reasons that need somebody"))
        .containsExactlyInAnyOrderElementsOf(words(true));
    assertThat(explained(page, "## Reasons that are as they should be"))
        .containsAll(List.of("AllComponentsReady", "NoFight"));
    assertThat(
            Stream.of("## Reasons that pass", "## Reasons that are as they should be")
                .flatMap(heading -> explained(page, heading).stream()))
        .containsExactlyInAnyOrderElementsOf(words(false));
  }

  @Test
  void everyReasonOfScalingIsExplained() throws Exception {
    Set<String> words = new TreeSet<>();
    Arrays.stream(build.sparrow.operator.autoscale.Reason.values())
        .forEach(reason -> words.add(reason.text()));
    Arrays.stream(Limit.values()).forEach(limit -> words.add(limit.text()));

    assertThat(explained(Files.readAllLines(PAGE), "## Reasons of scaling"))
        .containsExactlyInAnyOrderElementsOf(words);
  }

  @Test
  void everyConditionOfAFarmIsExplained() throws Exception {
    assertThat(explained(Files.readAllLines(PAGE), "## Conditions"))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ConditionType.values()).map(ConditionType::word).toList());
  }

  private static List<String> words(boolean needSomebody) {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.needsSomebody() == needSomebody)
        .map(Reason::word)
        .toList();
  }

  private static List<String> explained(List<String> page, String heading) {
    return page.stream()
        .dropWhile(line -> !line.equals(heading))
        .skip(1)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| `"))
        // The first cell, with one word or several.
        .map(line -> line.substring(1, line.indexOf('|', 1)))
        .flatMap(cell -> WORD.matcher(cell).results())
        .map(word -> Objects.requireNonNull(word.group(1)))
        .toList();
  }
}
