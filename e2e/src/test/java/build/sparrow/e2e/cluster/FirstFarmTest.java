package build.sparrow.e2e.cluster;

import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class FirstFarmTest {
  private static final Path ABSEIL =
      Path.of(
          requireNonNullElse(
              System.getenv("SPARROW_CACHE"), System.getProperty("user.home") + "/.cache/sparrow"),
          "abseil");
  private static final boolean HAS_ABSEIL = Files.exists(ABSEIL.resolve("WORKSPACE"));

  @RegisterExtension static final TestNamespace namespace = TestNamespace.make();

  @RegisterExtension
  static final Bazel bazel =
      HAS_ABSEIL
          ? Bazel.in(ABSEIL, "abseil", FirstFarmTest::bazelrcLines)
          : Bazel.with("cluster", FirstFarmTest::bazelrcLines);

  private static @Nullable TestFarm farm;

  @Test
  void aMinuteAfterApply_bazelBuildsThroughTheServiceAndNothingLocally() {
    long applied = System.nanoTime();
    TestFarm applying = namespace.apply(Example.minimal().exposed());
    farm = applying;
    applying.await("Ready", "True", Duration.ofSeconds(60));
    System.out.printf("Ready after %.1f s%n", (System.nanoTime() - applied) / 1e9);

    String[] targets =
        HAS_ABSEIL
            ? new String[] {"//absl/strings", "//absl/container:flat_hash_map"}
            : new String[] {"//greeting/..."};
    BazelResult result = bazel.start("build", targets).await(Duration.ofMinutes(10)).succeeded();

    System.out.println(result.processes());
    assertThat(result.processes().local()).as(result.output()).isZero();
    assertThat(result.processes().remote()).as(result.output()).isPositive();
    assertThat(result.warnings()).isEmpty();
  }

  /** As a user has them: those of the project, and those that the farm's status says. */
  private static List<String> bazelrcLines() {
    List<String> lines = new ArrayList<>();
    lines.add("common --color=no --curses=no --noshow_progress");
    // The source may be read-only here, with links that another build of it has left.
    lines.add("build --symlink_prefix=/");
    lines.add("build --spawn_strategy=remote --remote_local_fallback=false");
    try {
      lines.addAll(Files.readAllLines(Repository.path("examples/local/abseil.bazelrc")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (farm != null) { // Before that it only cleans.
      lines.addAll(farm.bazelrcLines());
    }
    return lines;
  }
}
