package build.sparrow.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many of these tests ran, and where; kept in a file that {@code make e2e} shows at its end.
 */
final class Tally {
  private static final AtomicInteger PASSED = new AtomicInteger();
  private static final AtomicInteger FAILED = new AtomicInteger();
  private static final List<String> SKIPPED = new CopyOnWriteArrayList<>();
  private static final AtomicReference<String> WHERE = new AtomicReference<>("no cluster");

  private Tally() {}

  static void ranOn(String cluster) {
    WHERE.set(cluster);
    write();
  }

  static void passed() {
    PASSED.incrementAndGet();
    write();
  }

  static void failed() {
    FAILED.incrementAndGet();
    write();
  }

  static void skipped(String test, String why) {
    SKIPPED.add(test + ": " + why);
    write();
  }

  /** After each test, so that it is also there when the run is broken off. */
  private static synchronized void write() {
    String file = System.getProperty("sparrow.e2e.report");
    if (file == null) {
      return;
    }
    StringBuilder text = new StringBuilder();
    int ran = PASSED.get() + FAILED.get();
    text.append(
        ran == 0
            ? "Cluster tests: none ran.%n".formatted()
            : "Cluster tests: %d ran on %s, %d passed, %d failed.%n"
                .formatted(ran, WHERE.get(), PASSED.get(), FAILED.get()));
    SKIPPED.forEach(line -> text.append("  skipped ").append(line).append('\n'));
    try {
      Path path = Path.of(file);
      Path folder = path.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
