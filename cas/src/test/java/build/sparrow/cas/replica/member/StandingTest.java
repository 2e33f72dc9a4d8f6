package build.sparrow.cas.replica.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandingTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("standing");
  }

  @Test
  void aNewDiskIsNotComplete_untilItIsSaidTo() throws Exception {
    Standing standing = Standing.open(file, "boot-1");

    assertThat(standing.isComplete()).isFalse();
    standing.completed();
    assertThat(standing.isComplete()).isTrue();
  }

  @Test
  void aProcessThatDiesLosesNothing() throws Exception {
    Standing before = Standing.open(file, "boot-1");
    before.completed();

    Standing after = Standing.open(file, "boot-1");

    assertThat(after.isComplete()).isTrue();
    assertThat(after.generation()).isEqualTo(before.generation());
  }

  @Test
  void aMachineThatWentDownMayHaveLostTheLastWrites() throws Exception {
    Standing before = Standing.open(file, "boot-1");
    before.completed();

    Standing after = Standing.open(file, "boot-2");

    assertThat(after.isComplete()).isFalse();
    assertThat(after.generation()).isNotEqualTo(before.generation());
    assertThat(Standing.open(file, "boot-1").isComplete()).as("nor back on the old one").isFalse();
  }

  @Test
  void oneThatDiesWhileItCatchesUpBeginsAgain() throws Exception {
    Standing before = Standing.open(file, "boot-1");

    Standing after = Standing.open(file, "boot-1");

    assertThat(after.isComplete()).isFalse();
    assertThat(after.generation()).isNotEqualTo(before.generation());
  }

  @Test
  void aDiskThatFailedIsNotComplete_norForTheNextProcess() throws Exception {
    Standing before = Standing.open(file, "boot-1");
    before.completed();

    before.doubt();
    Standing after = Standing.open(file, "boot-1");

    assertThat(before.isComplete()).isFalse();
    assertThat(after.isComplete()).isFalse();
    assertThat(after.generation()).isNotEqualTo(before.generation());
  }
}
