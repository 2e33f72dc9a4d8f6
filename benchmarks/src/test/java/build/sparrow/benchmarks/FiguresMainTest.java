package build.sparrow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.benchmarks.Figure.Suite;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class FiguresMainTest {
  @Test
  void aFigureHoldsUpToItsBoundAndFallsShortBeyond() {
    assertThat(Figure.COLD_OVER_LOCAL.line(1.35)).endsWith("holds");
    assertThat(Figure.COLD_OVER_LOCAL.line(1.36)).endsWith("falls short");
    assertThat(Figure.NOOP_ACTIONS_PER_SECOND.line(300)).endsWith("holds");
    assertThat(Figure.NOOP_ACTIONS_PER_SECOND.line(299)).endsWith("falls short");
  }

  @Test
  void aFigureThatWasNotMeasuredIsSaid() {
    Properties measured = new Properties();
    measured.setProperty("overhead_millis", "7.5");

    assertThat(FiguresMain.table(Suite.FARM, measured))
        .hasSameSizeAs(Figure.of(Suite.FARM))
        .anySatisfy(line -> assertThat(line).contains("7.50 ms").endsWith("holds"));
    assertThat(FiguresMain.unmeasured(Suite.FARM, measured))
        .hasSize(Figure.of(Suite.FARM).size() - 1)
        .doesNotContain(Figure.OVERHEAD_MILLIS);
  }
}
