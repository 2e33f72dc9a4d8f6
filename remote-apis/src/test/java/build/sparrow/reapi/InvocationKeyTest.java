package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.RequestMetadata;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;

class InvocationKeyTest {
  private static final String HEADER = "build.bazel.remote.execution.v2.requestmetadata-bin";

  private static final RequestMetadata METADATA =
      RequestMetadata.newBuilder()
          .setToolDetails(
              build.bazel.remote.execution.v2.ToolDetails.newBuilder().setToolName("bazel"))
          .setToolInvocationId("invocation")
          .setCorrelatedInvocationsId("build-7")
          .setActionMnemonic("CppCompile")
          .setTargetId("//a:b")
          .build();

  @Test
  void theKeyIsReadFromTheHeaderThatClientsSend() {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(HEADER, Metadata.BINARY_BYTE_MARSHALLER), METADATA.toByteArray());

    assertThat(InvocationKey.requestMetadata(headers)).isEqualTo(METADATA);
    assertThat(InvocationKey.of(METADATA))
        .isEqualTo(new InvocationKey("bazel", "invocation", "build-7", "CppCompile", "//a:b"));
  }

  @Test
  void aCallWithoutTheHeaderHasAnEmptyKey() {
    assertThat(InvocationKey.of(InvocationKey.requestMetadata(new Metadata())))
        .isEqualTo(new InvocationKey("", "", "", "", ""));
  }

  @Test
  void garbageInTheHeaderIsRefusedWithItsName() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of(HEADER, Metadata.BINARY_BYTE_MARSHALLER), "garbage".getBytes(UTF_8));

    assertRejected(() -> InvocationKey.requestMetadata(headers), HEADER, "RequestMetadata");
  }

  @Test
  void longPartsAreCut_andNoCharacterInTheMiddle() {
    InvocationKey key =
        new InvocationKey("x".repeat(1000), "x".repeat(255) + "\ud83d\ude00", "", "", "");

    assertThat(key.toolName()).isEqualTo("x".repeat(256));
    assertThat(key.toolInvocationId()).isEqualTo("x".repeat(255));
  }
}
