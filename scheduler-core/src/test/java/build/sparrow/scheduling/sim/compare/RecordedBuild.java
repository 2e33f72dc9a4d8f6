package build.sparrow.scheduling.sim.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;

/**
 * A real build: Abseil's libraries and tests as {@code make demo} builds them, recorded by {@code
 * sparrow up --action-log} and put into columns by {@code tools/workload-of-log.sh}. Each client
 * builds a tree of its own, and no two runs of an action take the very same time.
 */
final class RecordedBuild implements BuildPlan {
  private static final String RESOURCE = "abseil.tsv.gz";
  private static final double SPREAD = 0.1;

  /** One line: mnemonic, target, microseconds at the executor, and the lines that it needs. */
  private record Line(int mnemonic, int target, long nanos, List<Integer> needs) {}

  private final List<Line> lines;

  RecordedBuild() {
    try {
      lines = read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Line> read() throws IOException {
    List<Line> lines = new ArrayList<>();
    Map<String, Integer> mnemonics = new HashMap<>();
    Map<String, Integer> targets = new HashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        RecordedBuild.class.getResourceAsStream(RESOURCE), RESOURCE)),
                StandardCharsets.UTF_8))) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        String[] columns = text.split("\t", -1);
        List<Integer> needs = new ArrayList<>();
        for (String need : columns[3].isEmpty() ? new String[0] : columns[3].split(",", -1)) {
          needs.add(Integer.parseInt(need));
        }
        lines.add(
            new Line(
                number(mnemonics, columns[0]),
                number(targets, columns[1]),
                Long.parseLong(columns[2]) * 1_000,
                needs));
      }
    }
    return lines;
  }

  private static int number(Map<String, Integer> numbers, String name) {
    return numbers.computeIfAbsent(name, _ -> numbers.size());
  }

  @Override
  public List<Step> draw(int build, Durations durations, RandomGenerator random) {
    List<Step> steps = new ArrayList<>();
    for (Line line : lines) {
      Step step =
          new Step(
              line.mnemonic,
              line.target,
              (long) (line.nanos * Math.exp(SPREAD * random.nextGaussian())));
      line.needs.forEach(need -> step.need(steps.get(need)));
      steps.add(step);
    }
    return steps;
  }
}
