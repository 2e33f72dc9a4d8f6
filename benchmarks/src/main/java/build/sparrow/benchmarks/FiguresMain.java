package build.sparrow.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Prints the table of figures from a file of measurements, a line {@code key=number} each. Exits
 * with 1 if a figure was not measured; a figure that falls short is said, not punished.
 */
public final class FiguresMain {
  private FiguresMain() {}

  public static void main(String[] arguments) throws IOException {
    Properties measured = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      measured.load(reader);
    }
    table(measured).forEach(System.out::println);
    if (!unmeasured(measured).isEmpty()) {
      System.exit(1);
    }
  }

  static List<String> table(Properties measured) {
    List<String> lines = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      String value = measured.getProperty(figure.key());
      lines.add(value == null ? figure.lineUnmeasured() : figure.line(Double.parseDouble(value)));
    }
    return lines;
  }

  static List<Figure> unmeasured(Properties measured) {
    return List.of(Figure.values()).stream()
        .filter(figure -> measured.getProperty(figure.key()) == null)
        .toList();
  }
}
