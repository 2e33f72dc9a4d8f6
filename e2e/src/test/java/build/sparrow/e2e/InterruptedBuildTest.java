package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class InterruptedBuildTest {
  private static final FarmLayout LAYOUT = FarmLayout.with(Sandbox.TOOLCHAIN_ROOT);
  private static final int INTERRUPTED = 8;

  /** What the endless actions of the workspace sleep for, in seconds. */
  private static final String ODD_NUMBER = "86413";

  @RegisterExtension static final Farm farm = Farm.inOneProcess(LAYOUT);

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @Test
  void controlCFreesTheSlotsWithinASecondAndLeavesNoProcess() {
    BazelCommand build = bazel.start("build", "//slow:endless");
    Eventually.holds(
        "all slots are busy and their processes run",
        Duration.ofSeconds(60),
        () -> farm.busySlots() == LAYOUT.totalSlots() && sleepers() == LAYOUT.totalSlots());
    build.interrupt();

    Eventually.holds(
        "no slot is busy and no process is left",
        Duration.ofSeconds(1),
        () -> farm.busySlots() == 0 && sleepers() == 0);
    assertThat(build.await().endedWith(INTERRUPTED).output()).contains("build interrupted");
  }

  /** How many processes of this machine run the command of an endless action. */
  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .arguments()
                    .filter(arguments -> Arrays.asList(arguments).contains(ODD_NUMBER))
                    .isPresent())
        .count();
  }
}
