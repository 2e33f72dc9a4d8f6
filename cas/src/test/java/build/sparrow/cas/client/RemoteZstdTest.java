package build.sparrow.cas.client;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.compressible;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.ForwardingBlobStore;
import build.sparrow.cas.ZstdContract;
import build.sparrow.cas.grpc.TestServer;
import build.sparrow.cas.segment.Durability;
import build.sparrow.cas.segment.SegmentedBlobStore;
import build.sparrow.reapi.Compressor;
import com.google.protobuf.ByteString;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a frontend does with frames: pass them on to the shard, and back. */
class RemoteZstdTest extends ZstdContract<RemoteZstdTest.Served> {
  @Override
  protected Served open() throws IOException {
    return new Served(
        SegmentedBlobStore.open(folder, CAPACITY_BYTES, Duration.ofHours(3), Durability.GROUPED));
  }

  /** Of a large blob it is the shard that sees it. */
  @Override
  protected Class<? extends IOException> malformed(int sizeBytes) {
    return sizeBytes > RemoteBlobStore.SMALL_BLOB_BYTES
        ? DigestMismatchException.class
        : super.malformed(sizeBytes);
  }

  private static ByteString frames(ByteString blob) {
    int third = blob.size() / 3;
    return frame(blob.substring(0, third)).concat(frame(blob.substring(third)));
  }

  @Test
  void framesPassThroughAsTheyAre() throws Exception {
    for (int sizeBytes : List.of(40_000, 400_000, 3_000_000)) {
      ByteString blob = compressible(sizeBytes, sizeBytes);
      putFrames(digestOf(blob), frames(blob), 100_000);

      assertThat(store.readAllEncoded(SCOPE, List.of(digestOf(blob))))
          .containsOnly(Map.entry(digestOf(blob), new EncodedBlob(Compressor.ZSTD, frames(blob))));
    }
    ByteString large = compressible(1, 3_000_000);
    putFrames(digestOf(large), frames(large), 100_000);
    assertThat(getFrames(digestOf(large), 0)).isEqualTo(frames(large));
  }

  @Test
  void anUploadOfFramesEndsEarly_whenTheBlobIsThere() throws Exception {
    ByteString blob = compressible(1, 3_000_000);
    putFrames(digestOf(blob), frames(blob), 100_000);

    putFrames(digestOf(blob), text("whatever, many times over ".repeat(30_000)), 300_000);

    assertHeld(blob);
  }

  /** A store, served, and the client of it. */
  static final class Served extends ForwardingBlobStore implements Closeable {
    private final SegmentedBlobStore base;
    private final TestServer server;

    private Served(SegmentedBlobStore base, TestServer server) {
      super(new RemoteBlobStore(server.channel()));
      this.base = base;
      this.server = server;
    }

    Served(SegmentedBlobStore base) throws IOException {
      this(base, new TestServer(base));
    }

    @Override
    public void close() throws IOException {
      server.close();
      base.close();
    }
  }
}
