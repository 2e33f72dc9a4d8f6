package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.Processes;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class IncrementalBuildTest {
  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void onlyWhatDependsOnAChangedHeaderIsBuiltAgain() throws IOException {
    Path header = bazel.source("greeting/greeting.h");
    String before = Files.readString(header);
    bazel.run("build", "//greeting/...").succeeded();

    Files.writeString(header, before.replace("\"world\"", "\"farm\""));
    Processes changed = bazel.run("build", "//greeting/...").succeeded().processes();
    String said = bazel.run("run", "//greeting:hello").succeeded().output();
    Files.writeString(header, before);
    Processes changedBack = bazel.run("build", "//greeting/...").succeeded().processes();

    assertThat(changed.remote()).as("%s", changed).isEqualTo(GreetingActions.OF_THE_HEADER);
    assertThat(changed.remoteCacheHits()).as("%s", changed).isZero();
    assertThat(said.lines()).contains("Hello, farm.");
    assertThat(changedBack.remote()).as("%s", changedBack).isZero();
    assertThat(changedBack.remoteCacheHits())
        .as("%s", changedBack)
        .isEqualTo(GreetingActions.OF_THE_HEADER);
  }
}
