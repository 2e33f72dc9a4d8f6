package build.sparrow.scheduling.owner;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that draws the states of an operation draws those of the code. */
final class OperationDiagramTest {
  private static final Path PAGE = Path.of("../docs/design/scheduling.md");
  private static final Pattern WAY = Pattern.compile("(?m)^ +(\\w+) --> (\\w+)");

  @Test
  void theDiagramHasTheWaysOfTheCode_andNoOther() throws IOException {
    String page = Files.readString(PAGE);
    String diagram =
        page.substring(page.indexOf("\n## Operation\n"), page.indexOf("\n## Attempt\n"));
    Set<String> drawn = new TreeSet<>();
    for (Matcher way = WAY.matcher(diagram); way.find(); ) {
      drawn.add(way.group(1) + " to " + way.group(2));
    }

    assertThat(drawn).isEqualTo(waysOfTheCode());
  }

  /** But for those from a state to itself. */
  private static Set<String> waysOfTheCode() {
    AttemptId attempt = new AttemptId("epoch", 1);
    Platform any = Platform.ANY;
    KnownExecutor executor =
        new KnownExecutor(
            new ExecutorId("e", "1"),
            new ExecutorGroup(PropertyRules.EXACT.read(any), false),
            "linux",
            "Full",
            Resources.slots(1));
    Set<String> ways = new TreeSet<>();
    for (OperationState from :
        List.of(
            new OperationState.Queued(),
            new OperationState.Offered(attempt, executor, false),
            new OperationState.Running(attempt, executor, false, Phase.FETCHING),
            new OperationState.Concluding(attempt, executor),
            new OperationState.Finished())) {
      for (OperationState.Name to : OperationState.Name.values()) {
        if (from.name() != to && from.mayBecome(to)) {
          ways.add(drawn(from.name()) + " to " + drawn(to));
        }
      }
    }
    return ways;
  }

  private static String drawn(OperationState.Name state) {
    String name = state.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
