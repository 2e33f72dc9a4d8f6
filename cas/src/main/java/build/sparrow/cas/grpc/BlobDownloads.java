package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.ResourceName;
import build.sparrow.reapi.ResourceName.ReadName;
import build.sparrow.service.StreamGate;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;

/** Serves ByteStream.Read: as fast as the client takes it, one message in memory at a time. */
final class BlobDownloads {
  // What a frame of a short blob may take beyond the blob.
  private static final int FRAME_BYTES = 128;

  private final BlobStore store;
  private final ZstdCodec zstd;

  BlobDownloads(BlobStore store, ZstdCodec zstd) {
    this.store = store;
    this.zstd = zstd;
  }

  /** What of which blob is wanted. */
  private record Range(ReadName name, long offset, long limit) {
    long length() {
      long available = name.digest().sizeBytes() - offset;
      return limit == 0 ? available : Math.min(limit, available);
    }

    BlobScope scope() {
      return new BlobScope(name.instance(), name.function());
    }
  }

  /** Takes one message of the answer. */
  @FunctionalInterface
  private interface Sink {
    void send(ReadResponse message) throws InterruptedException;
  }

  void read(ReadRequest request, StreamObserver<ReadResponse> responses) {
    Range range;
    try {
      range = parse(request);
    } catch (RuntimeException e) {
      responses.onError(StoreStatus.of(e));
      return;
    }
    if (range.length() > CasLimits.CHUNK_BYTES) {
      StreamGate.stream(responses, gate -> send(range, gate::send));
      return;
    }
    // One message always finds room, so no thread of its own is needed.
    try {
      send(range, responses::onNext);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      responses.onError(ReapiStatus.unavailable("The server stops; try again"));
      return;
    } catch (RuntimeException e) {
      responses.onError(StoreStatus.of(e));
      return;
    }
    responses.onCompleted();
  }

  private static Range parse(ReadRequest request) {
    ReadName name = ResourceName.parseRead(request.getResourceName());
    long offset = request.getReadOffset();
    long limit = request.getReadLimit();
    if (offset < 0 || offset > name.digest().sizeBytes()) {
      throw ReapiStatus.outOfRange(
          "read_offset is %d: expected 0 to %d, the size of blob %s"
              .formatted(offset, name.digest().sizeBytes(), name.digest()));
    }
    if (limit < 0) {
      throw ReapiStatus.invalidArgument(
          "read_limit is " + limit + ": expected 0 for no limit, or the most bytes to send");
    }
    if (limit > 0 && name.compressor() != Compressor.IDENTITY) {
      throw ReapiStatus.invalidArgument(
          "read_limit is " + limit + ": it must be 0 for a compressed blob");
    }
    return new Range(name, offset, limit);
  }

  private void send(Range range, Sink sink) throws InterruptedException {
    try {
      switch (range.name().compressor()) {
        case IDENTITY -> sendPlain(range, sink);
        case ZSTD -> sendCompressed(range, sink);
      }
    } catch (IOException e) {
      throw StoreStatus.of(e);
    }
  }

  private void sendPlain(Range range, Sink sink) throws IOException, InterruptedException {
    try (InputStream in =
        store.read(range.scope(), range.name().digest(), range.offset(), range.limit())) {
      long left = range.length();
      while (left > 0) {
        byte[] bytes = new byte[(int) Math.min(CasLimits.CHUNK_BYTES, left)];
        int count = in.readNBytes(bytes, 0, bytes.length);
        if (count < bytes.length) {
          throw new IOException(
              "A store ended a blob %d bytes before its end".formatted(left - count));
        }
        left -= count;
        sink.send(message(bytes, count));
      }
    }
  }

  /** Where the frames end is for the store to say. */
  private void sendCompressed(Range range, Sink sink) throws IOException, InterruptedException {
    try (InputStream in =
        store.readZstd(range.scope(), range.name().digest(), range.offset(), zstd)) {
      int most = (int) Math.min(CasLimits.CHUNK_BYTES, range.length() + FRAME_BYTES);
      while (true) {
        byte[] bytes = new byte[most];
        int count = in.readNBytes(bytes, 0, most);
        if (count > 0) {
          sink.send(message(bytes, count));
        }
        if (count < most) {
          return;
        }
      }
    }
  }

  private static ReadResponse message(byte[] bytes, int count) {
    return ReadResponse.newBuilder()
        .setData(UnsafeByteOperations.unsafeWrap(bytes, 0, count))
        .build();
  }
}
