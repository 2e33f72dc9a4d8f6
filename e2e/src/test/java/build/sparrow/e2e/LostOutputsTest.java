package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Command.EnvironmentVariable;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.client.Refusal;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LostOutputsTest {
  private static final String CONTENTS = "what an action wrote\n";

  @RegisterExtension static final Farm farm = Farm.inManyProcesses(FarmLayout.with(Sandbox.NONE));

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);

  @Test
  void aResultWhoseOutputsAreLostIsNotFoundAndTheActionRunsAgain() throws IOException {
    Digest action =
        client.put(
            Command.newBuilder()
                .addArguments("/bin/sh")
                .addArguments("-c")
                .addArguments("echo what an action wrote > out")
                .addEnvironmentVariables(
                    EnvironmentVariable.newBuilder().setName("PATH").setValue("/usr/bin:/bin"))
                .addOutputPaths("out")
                .build(),
            Directory.getDefaultInstance());
    client.execute(action);
    assertThat(client.execute(action).getCachedResult()).isTrue();

    farm.shard().kill();
    damage(ByteString.copyFromUtf8(CONTENTS));
    farm.shard().start();

    Refusal refusal = Refusal.of(() -> actionResult(action));
    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.NOT_FOUND);
    ExecuteResponse again = client.execute(action);
    assertThat(again.getCachedResult()).isFalse();
    assertThat(client.read(again.getResult().getOutputFiles(0).getDigest()).toStringUtf8())
        .isEqualTo(CONTENTS);
  }

  @Test
  void aResultWhoseOutputsNeverCameIsNotFound_untilTheyDo() {
    ByteString output = ByteString.copyFromUtf8("comes later");
    Digest action = ReapiClient.digestOf(ByteString.copyFromUtf8("any action"));
    ActionResult result =
        ActionResult.newBuilder()
            .addOutputFiles(
                OutputFile.newBuilder().setPath("out").setDigest(ReapiClient.digestOf(output)))
            .build();
    client
        .actionCache()
        .updateActionResult(
            UpdateActionResultRequest.newBuilder()
                .setActionDigest(action)
                .setActionResult(result)
                .build());

    Refusal refusal = Refusal.of(() -> actionResult(action));
    client.put(output);

    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.NOT_FOUND);
    assertThat(actionResult(action).getOutputFilesList()).isEqualTo(result.getOutputFilesList());
  }

  private static ActionResult actionResult(Digest action) {
    return client
        .actionCache()
        .getActionResult(GetActionResultRequest.newBuilder().setActionDigest(action).build());
  }

  /** Changes a byte of what the shard keeps of the blob, as a broken disk does. */
  private static void damage(ByteString blob) throws IOException {
    List<Path> segments;
    try (Stream<Path> all = Files.walk(farm.directory().resolve("data/shard-0/cas"))) {
      segments = all.filter(Files::isRegularFile).toList();
    }
    int damaged = 0;
    for (Path segment : segments) {
      byte[] bytes = Files.readAllBytes(segment);
      // As text of one byte a character, places are the same.
      int place = text(bytes).indexOf(text(blob.toByteArray()));
      if (place >= 0) {
        bytes[place]++;
        Files.write(segment, bytes);
        damaged++;
      }
    }
    assertThat(damaged).isEqualTo(1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
