package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.ResourceName;
import com.google.bytestream.ByteStreamGrpc.ByteStreamImplBase;
import com.google.bytestream.QueryWriteStatusRequest;
import com.google.bytestream.QueryWriteStatusResponse;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Serves blobs of any size as streams. An upload that breaks off is kept for a minute, so that the
 * client can go on where it was; the caller closes the service, which drops them.
 */
public final class ByteStreamService extends ByteStreamImplBase implements AutoCloseable {
  private static final Duration SWEEP_PERIOD = Duration.ofSeconds(5);

  private final BlobStore store;
  private final BlobDownloads downloads;
  private final UploadSessions sessions;
  private final Thread sweeper;

  public ByteStreamService(BlobStore store) {
    ZstdCodec zstd = new ZstdCodec();
    this.store = store;
    this.downloads = new BlobDownloads(store, zstd);
    this.sessions = new UploadSessions(store, zstd, System::nanoTime);
    this.sweeper = Thread.ofVirtual().name("upload-sweeper").start(this::sweep);
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(SWEEP_PERIOD);
        sessions.sweep();
      }
    } catch (InterruptedException e) {
      // Closed.
      return;
    }
  }

  @Override
  public void read(ReadRequest request, StreamObserver<ReadResponse> responses) {
    downloads.read(request, responses);
  }

  @Override
  public StreamObserver<WriteRequest> write(StreamObserver<WriteResponse> responses) {
    return new WriteCall(sessions, responses);
  }

  @Override
  public void queryWriteStatus(
      QueryWriteStatusRequest request, StreamObserver<QueryWriteStatusResponse> responses) {
    StoreStatus.answer(responses, () -> status(request));
  }

  private QueryWriteStatusResponse status(QueryWriteStatusRequest request) throws IOException {
    ResourceName.WriteName name = ResourceName.parseWrite(request.getResourceName());
    BlobScope scope = new BlobScope(name.instance(), name.function());
    var response = QueryWriteStatusResponse.newBuilder();
    if (store.findMissing(scope, List.of(name.digest())).isEmpty()) {
      return response.setComplete(true).setCommittedSize(sizeWhenStored(name)).build();
    }
    return response.setCommittedSize(sessions.committedBytes(name)).build();
  }

  /** What a client hears as committed when the blob came from elsewhere. */
  static long sizeWhenStored(ResourceName name) {
    // Nobody knows how many bytes the client's own compressed form would have had.
    return name.compressor() == Compressor.IDENTITY ? name.digest().sizeBytes() : -1;
  }

  @Override
  public void close() {
    sweeper.interrupt();
    sessions.close();
  }
}
