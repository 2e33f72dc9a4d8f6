package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.Compressor;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.BlockingClientCall;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that compresses, in front of a shard. */
@SuppressWarnings("NullAway.Init")
class ZstdShardTest {
  @TempDir Path folder;
  private CasMain shard;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    CasConfig config =
        new CasConfig(
            new Endpoint("127.0.0.1", 0), folder, DataSize.ofMebibytes(256), Duration.ofHours(3));
    shard = CasMain.start(config, new CollectorRegistry());
    channel = GrpcChannels.connect(shard.endpoint());
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    shard.close();
  }

  private void upload(ByteString blob, ByteString frames) throws Exception {
    String name =
        "uploads/" + UUID.randomUUID() + "/compressed-blobs/zstd/" + digestOf(blob).toString();
    BlockingClientCall<WriteRequest, WriteResponse> call =
        ByteStreamGrpc.newBlockingV2Stub(channel).write();
    int chunkBytes = 256 << 10;
    for (int at = 0; at < frames.size(); at += chunkBytes) {
      int end = Math.min(frames.size(), at + chunkBytes);
      call.write(
          WriteRequest.newBuilder()
              .setResourceName(name)
              .setWriteOffset(at)
              .setData(frames.substring(at, end))
              .setFinishWrite(end == frames.size())
              .build());
    }
    assertThat(call.read().getCommittedSize()).isEqualTo(frames.size());
  }

  private ByteString read(String form, ByteString blob) {
    List<ByteString> messages = new ArrayList<>();
    ByteStreamGrpc.newBlockingStub(channel)
        .read(ReadRequest.newBuilder().setResourceName(form + digestOf(blob)).build())
        .forEachRemaining(message -> messages.add(message.getData()));
    return ByteString.copyFrom(messages);
  }

  @Test
  void framesAreReadAsTheyWereSent_andPlainByWhoeverWantsThat() throws Exception {
    for (int sizeBytes : List.of(700, 40_000, 700_000, 9_000_000)) {
      ByteString blob = compressible(sizeBytes, sizeBytes);
      ByteString frames =
          frame(blob.substring(0, sizeBytes / 3)).concat(frame(blob.substring(sizeBytes / 3)));

      upload(blob, frames);

      assertThat(read("compressed-blobs/zstd/", blob)).isEqualTo(frames);
      assertThat(read("blobs/", blob)).isEqualTo(blob);
    }
  }

  @Test
  void framesOfABatchAreReadAsTheyWereSent() {
    ByteString blob = compressible(1, 20_000);
    ByteString dense = random(2, 20_000);
    ByteString frames = frame(blob.substring(0, 9_000)).concat(frame(blob.substring(9_000)));
    var cas = ContentAddressableStorageGrpc.newBlockingStub(channel);
    var update = BatchUpdateBlobsRequest.newBuilder();
    update
        .addRequestsBuilder()
        .setDigest(digestOf(blob).toProto())
        .setData(frames)
        .setCompressor(Compressor.Value.ZSTD);
    update
        .addRequestsBuilder()
        .setDigest(digestOf(dense).toProto())
        .setData(frame(dense))
        .setCompressor(Compressor.Value.ZSTD);
    var read =
        BatchReadBlobsRequest.newBuilder()
            .addDigests(digestOf(blob).toProto())
            .addDigests(digestOf(dense).toProto());

    cas.batchUpdateBlobs(update.build());
    var plain = cas.batchReadBlobs(read.build());
    var zstd = cas.batchReadBlobs(read.addAcceptableCompressors(Compressor.Value.ZSTD).build());

    assertThat(plain.getResponsesList()).extracting(r -> r.getData()).containsExactly(blob, dense);
    assertThat(zstd.getResponsesList()).extracting(r -> r.getData()).containsExactly(frames, dense);
    assertThat(zstd.getResponsesList())
        .extracting(r -> r.getCompressor())
        .containsExactly(Compressor.Value.ZSTD, Compressor.Value.IDENTITY);
  }
}
