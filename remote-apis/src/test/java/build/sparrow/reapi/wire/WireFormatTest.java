package build.sparrow.reapi.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.asset.v1.RemoteAssetProto;
import build.bazel.remote.execution.v2.RemoteExecutionProto;
import build.bazel.remote.logstream.v1.RemoteLogStreamProto;
import build.bazel.semver.SemverProto;
import com.google.bytestream.ByteStreamProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WireFormatTest {
  private static final List<FileDescriptor> PUBLIC_PROTOCOLS =
      List.of(
          RemoteExecutionProto.getDescriptor(),
          SemverProto.getDescriptor(),
          RemoteAssetProto.getDescriptor(),
          RemoteLogStreamProto.getDescriptor(),
          ByteStreamProto.getDescriptor());

  @Test
  void everyRpcMessageFieldAndValueIsAsPublished_andNothingElseIsThere() throws IOException {
    List<String> ours =
        PUBLIC_PROTOCOLS.stream().flatMap(file -> WireFacts.of(file).stream()).toList();

    assertThat(ours).containsExactlyInAnyOrderElementsOf(published());
  }

  private static List<String> published() throws IOException {
    try (InputStream table = WireFormatTest.class.getResourceAsStream("published.txt")) {
      Stream<String> lines =
          new String(Objects.requireNonNull(table).readAllBytes(), UTF_8).lines();
      return lines.filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    }
  }
}
