package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Command.EnvironmentVariable;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.OutputSymlink;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.client.Refusal;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an action may leave behind to harm the executor, its host or the next action. */
final class HostileOutputsTest {
  private static final long MEBIBYTE = 1 << 20;

  @RegisterExtension static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.HOST_ROOT));

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);

  /**
   * A script whose output the farm must refuse.
   *
   * @param output the path that the command names
   * @param culprit what the message must name
   */
  private record Row(String script, String output, String culprit) {
    DynamicTest toTest() {
      return dynamicTest(
          script,
          () -> {
            ExecuteResponse response = run(script, output);

            Refusal refusal = Refusal.of(response.getStatus());
            assertThat(refusal.code()).as("%s", response).isEqualTo(Code.FAILED_PRECONDITION);
            assertThat(refusal.message()).contains("'" + culprit + "'");
            assertThat(client.has(digestOfPasswd())).isFalse();
          });
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsNoFileOrLeadsOutOfTheTreeIsAnError() {
    return Stream.of(
            new Row("mkfifo out", "out", "out"),
            new Row("mkdir out && mkfifo out/pipe", "out", "out/pipe"),
            new Row("ln -s ../../../../../../../../etc/passwd out", "out", "out"),
            new Row("mkdir out && ln -s ../../etc/passwd out/link", "out", "out/link"),
            new Row("rm -rf out && ln -s /etc out && test -r out/passwd", "out/passwd", "out"),
            new Row("rm -rf out && ln -s /proc/self out", "out/environ", "out"))
        .map(Row::toTest);
  }

  @Test
  void anAbsoluteSymlinkIsTakenForWhatItIsAndNotFollowed() throws IOException {
    ExecuteResponse response = run("ln -s /etc/passwd out && test -r out", "out");

    assertThat(response.getResult().getOutputFilesList()).isEmpty();
    assertThat(response.getResult().getOutputSymlinksList())
        .extracting(OutputSymlink::getTarget)
        .containsExactly("/etc/passwd");
    assertThat(client.has(digestOfPasswd())).isFalse();
  }

  @Test
  void fiveGibibytesOfOutputSucceedAndAreCapped_withTheMemoryOfTheFarmFlat() throws Exception {
    assertThat(run("yes | head -c 64M", "none").getResult().getExitCode()).isZero();
    long before = farm.frontend().residentBytes();

    CompletableFuture<ExecuteResponse> running =
        CompletableFuture.supplyAsync(() -> run("yes | head -c 5G", "none"));
    long most = mostResidentBytesUntil(running);
    ActionResult result = running.get().getResult();

    assertThat(running.get().getStatus().getCode()).as("%s", running.get().getStatus()).isZero();
    assertThat(result.getExitCode()).isZero();
    assertThat(result.getStdoutDigest().getSizeBytes()).isBetween(MEBIBYTE, 34 * MEBIBYTE);
    assertThat(client.read(result.getStdoutDigest()).toStringUtf8().lines().distinct())
        .hasSizeGreaterThan(1)
        .anyMatch(line -> line.contains("5368709120") || line.contains("omitted"));
    assertThat(most - before).as("growth of the farm in bytes").isLessThan(128 * MEBIBYTE);
  }

  @Test
  void aProcessThatAnActionLeavesBehindEndsWithIt() {
    String oddNumber = "86417";

    ExecuteResponse response = run("setsid sleep " + oddNumber + " & echo started", "none");

    assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
    assertThat(
            ProcessHandle.allProcesses()
                .flatMap(process -> process.info().arguments().stream().flatMap(Stream::of))
                .filter(oddNumber::equals))
        .isEmpty();
  }

  /** A file of this machine that an action sees and that no action was given. */
  private static Digest digestOfPasswd() throws IOException {
    return ReapiClient.digestOf(ByteString.copyFrom(Files.readAllBytes(Path.of("/etc/passwd"))));
  }

  private static long mostResidentBytesUntil(Future<?> end) throws Exception {
    long most = 0;
    while (!end.isDone()) {
      most = Math.max(most, farm.frontend().residentBytes());
      try {
        end.get(50, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // It goes on; look again.
      }
    }
    return most;
  }

  private static ExecuteResponse run(String script, String outputPath) {
    Command command =
        Command.newBuilder()
            .addArguments("/bin/sh")
            .addArguments("-c")
            .addArguments(script)
            .addEnvironmentVariables(
                EnvironmentVariable.newBuilder().setName("PATH").setValue("/usr/bin:/bin"))
            .addOutputPaths(outputPath)
            .build();
    return client.execute(client.put(command, Directory.getDefaultInstance()));
  }
}
