package build.sparrow.benchmarks;

import build.sparrow.benchmarks.Figure.Suite;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Prints the figures of a suite as a table, from a file of measurements, a line {@code key=number}
 * each. Exits with 1 if a figure was not measured; one that falls short is said, not punished.
 */
public final class FiguresMain {
  private FiguresMain() {}

  public static void main(String[] arguments) throws IOException {
    Properties measured = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[1]))) {
      measured.load(reader);
    }
    Suite suite = Suite.valueOf(arguments[0]);
    table(suite, measured).forEach(System.out::println);
    if (!unmeasured(suite, measured).isEmpty()) {
      System.exit(1);
    }
  }

  static List<String> table(Suite suite, Properties measured) {
    List<String> lines = new ArrayList<>();
    for (Figure figure : Figure.of(suite)) {
      String value = measured.getProperty(figure.key());
      lines.add(value == null ? figure.lineUnmeasured() : figure.line(Double.parseDouble(value)));
    }
    return lines;
  }

  static List<Figure> unmeasured(Suite suite, Properties measured) {
    return Figure.of(suite).stream()
        .filter(figure -> measured.getProperty(figure.key()) == null)
        .toList();
  }
}
