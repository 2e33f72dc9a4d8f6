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
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/** Serves ByteStream.Read: as fast as the client takes it, one message in memory at a time. */
final class BlobDownloads {
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
    try (InputStream in =
        store.read(range.scope(), range.name().digest(), range.offset(), range.limit())) {
      switch (range.name().compressor()) {
        case IDENTITY -> sendPlain(in, range.length(), sink);
        case ZSTD -> sendCompressed(in, range.length(), sink);
      }
    } catch (IOException e) {
      throw StoreStatus.of(e);
    }
  }

  private static void sendPlain(InputStream in, long length, Sink sink)
      throws IOException, InterruptedException {
    long left = length;
    while (left > 0) {
      ByteString chunk = chunk(in, left);
      left -= chunk.size();
      sink.send(ReadResponse.newBuilder().setData(chunk).build());
    }
  }

  private static ByteString chunk(InputStream in, long most) throws IOException {
    byte[] bytes = new byte[(int) Math.min(CasLimits.CHUNK_BYTES, most)];
    int count = in.readNBytes(bytes, 0, bytes.length);
    if (count < bytes.length) {
      throw new IOException("A store ended a blob %d bytes before its end".formatted(most - count));
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private void sendCompressed(InputStream in, long length, Sink sink)
      throws IOException, InterruptedException {
    if (length <= CasLimits.CHUNK_BYTES) {
      ByteString compressed = zstd.compress(chunk(in, length));
      sink.send(ReadResponse.newBuilder().setData(compressed).build());
      return;
    }
    try (ChunkedOutput out = new ChunkedOutput(sink);
        OutputStream frame = zstd.compressing(out)) {
      byte[] buffer = new byte[CasLimits.CHUNK_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        frame.write(buffer, 0, count);
      }
    }
  }

  /** Gathers what the compressor gives, a little at a time, into messages. */
  private static final class ChunkedOutput extends OutputStream {
    private final Sink sink;
    private byte[] chunk = new byte[CasLimits.CHUNK_BYTES];
    private int filled;

    ChunkedOutput(Sink sink) {
      this.sink = sink;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int written = 0;
      while (written < length) {
        int count = Math.min(length - written, chunk.length - filled);
        System.arraycopy(bytes, offset + written, chunk, filled, count);
        filled += count;
        written += count;
        if (filled == chunk.length) {
          send();
        }
      }
    }

    private void send() throws IOException {
      ByteString data = UnsafeByteOperations.unsafeWrap(chunk, 0, filled);
      try {
        sink.send(ReadResponse.newBuilder().setData(data).build());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted while the client was not ready");
      }
      chunk = new byte[CasLimits.CHUNK_BYTES];
      filled = 0;
    }

    /** Sends what is left. */
    @Override
    public void close() throws IOException {
      if (filled > 0) {
        send();
      }
    }
  }
}
