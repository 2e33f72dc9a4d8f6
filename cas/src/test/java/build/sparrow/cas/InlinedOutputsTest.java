package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InlinedOutputsTest {
  private final InMemoryBlobStore store = new InMemoryBlobStore();

  private static OutputFile.Builder file(String path, Digest digest) {
    return OutputFile.newBuilder().setPath(path).setDigest(digest.toProto());
  }

  @Test
  void whatIsWantedIsInlined_andNothingElse() throws Exception {
    ActionResult result =
        ActionResult.newBuilder()
            .setStdoutDigest(store.add(text("said")).toProto())
            .setStderrDigest(store.add(text("complained")).toProto())
            .addOutputFiles(file("a", store.add(text("file a"))))
            .addOutputFiles(file("b", store.add(text("file b"))))
            .build();

    ActionResult some =
        InlinedOutputs.of(result).stdout(true).files(Set.of("b", "c")).readFrom(store, SCOPE);
    ActionResult none = InlinedOutputs.of(result).readFrom(store, SCOPE);
    ActionResult stderr = InlinedOutputs.of(result).stderr(true).readFrom(store, SCOPE);

    assertThat(some.getStdoutRaw()).isEqualTo(text("said"));
    assertThat(some.getStderrRaw()).isEmpty();
    assertThat(some.getOutputFiles(0).getContents()).isEmpty();
    assertThat(some.getOutputFiles(1).getContents()).isEqualTo(text("file b"));
    assertThat(some.getOutputFiles(1).getDigest()).isEqualTo(result.getOutputFiles(1).getDigest());
    assertThat(none).isEqualTo(result);
    assertThat(stderr.getStderrRaw()).isEqualTo(text("complained"));
  }

  @Test
  void whatDoesNotFitOrIsGoneStaysADigest() throws Exception {
    ByteString most = random(1, InlinedOutputs.BUDGET_BYTES - 10);
    ActionResult result =
        ActionResult.newBuilder()
            .setStdoutDigest(store.add(most).toProto())
            .setStderrDigest(store.add(random(2, 11)).toProto())
            .addOutputFiles(file("fits", store.add(random(3, 5))))
            .addOutputFiles(file("gone", unknown(4)))
            .addOutputFiles(file("huge", unknown(1L << 40)))
            .build();

    ActionResult inlined =
        InlinedOutputs.of(result)
            .stdout(true)
            .stderr(true)
            .files(Set.of("fits", "gone", "huge"))
            .readFrom(store, SCOPE);

    assertThat(inlined.getStdoutRaw()).isEqualTo(most);
    assertThat(inlined.getStderrRaw()).isEmpty();
    assertThat(inlined.getStderrDigest()).isEqualTo(result.getStderrDigest());
    assertThat(inlined.getOutputFiles(0).getContents()).hasSize(5);
    assertThat(inlined.getOutputFiles(1).getContents()).isEmpty();
    assertThat(inlined.getOutputFiles(2).getContents()).isEmpty();
  }

  @Test
  void aResultThatIsLargeByItselfStaysWithinAMessage() throws Exception {
    ActionResult large =
        ActionResult.newBuilder()
            .setStderrRaw(random(1, CasLimits.MAX_BATCH_BYTES - 1_000))
            .setStdoutDigest(store.add(random(2, 2_000)).toProto())
            .build();

    assertThat(InlinedOutputs.of(large).stdout(true).readFrom(store, SCOPE)).isEqualTo(large);
  }

  @Test
  void whatIsInlinedAlreadyIsLeftAsItIs() throws Exception {
    ActionResult result =
        ActionResult.newBuilder()
            .setStdoutRaw(text("raw"))
            .setStdoutDigest(unknown(3).toProto())
            .build();

    assertThat(InlinedOutputs.of(result).stdout(true).readFrom(store, SCOPE)).isEqualTo(result);
  }
}
