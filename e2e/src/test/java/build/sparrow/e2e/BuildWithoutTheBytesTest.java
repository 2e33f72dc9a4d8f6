package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class BuildWithoutTheBytesTest {
  @RegisterExtension
  static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.TOOLCHAIN_ROOT));

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void outputsStayOnTheFarm_untilARunNeedsThem() {
    Path program = bazel.output("greeting/hello");

    BazelResult build =
        bazel.run("build", "--remote_download_outputs=minimal", "//greeting/...").succeeded();
    assertThat(build.processes().local()).as("%s", build.processes()).isZero();
    assertThat(program).doesNotExist();

    BazelResult run =
        bazel.run("run", "--remote_download_outputs=minimal", "//greeting:hello").succeeded();
    assertThat(run.output().lines()).contains("Hello, world.");
    assertThat(run.processes().remote()).as("%s", run.processes()).isZero();
  }

  @Test
  void allOutputsAreFetched_whenAskedForLater() {
    Path envelope = bazel.output("greeting/envelope.txt");
    bazel.run("build", "--remote_download_outputs=minimal", "//greeting:envelope").succeeded();
    assertThat(envelope).doesNotExist();

    bazel.run("build", "--remote_download_outputs=all", "//greeting:envelope").succeeded();

    assertThat(envelope).hasContent("To whom it may concern\n");
  }
}
