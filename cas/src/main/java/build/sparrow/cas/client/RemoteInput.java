package build.sparrow.cas.client;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import build.sparrow.reapi.ResourceName.ReadName;
import com.google.bytestream.ByteStreamGrpc.ByteStreamBlockingV2Stub;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob, or a part of it, that streams in one message at a time. A stream that breaks off is taken
 * up again where it was; a whole blob is hashed, and its last bytes are held back until it matches.
 */
final class RemoteInput extends InputStream {
  private static final Logger log = LoggerFactory.getLogger(RemoteInput.class);

  /** How long the other process may send nothing. */
  private static final int STALL_SECONDS = 60;

  private final ByteStreamBlockingV2Stub stub;
  private final ReadName name;
  private final Retries.Round round;
  private final @Nullable Hasher hasher;
  private final long end;
  // Up to where messages were received.
  private long position;
  private @Nullable BlockingClientCall<?, ReadResponse> call;
  private InputStream message = InputStream.nullInputStream();

  private RemoteInput(
      ByteStreamBlockingV2Stub stub,
      Retries.Round round,
      ReadName name,
      long offset,
      long length,
      boolean verified) {
    this.stub = stub;
    this.round = round;
    this.name = name;
    this.position = offset;
    this.end = offset + length;
    this.hasher =
        verified && length == name.digest().sizeBytes() ? name.function().newHasher() : null;
  }

  /** Opens at least one byte of the blob; its first message has come when this returns. */
  static RemoteInput open(
      ByteStreamBlockingV2Stub stub,
      Retries retries,
      BlobScope scope,
      Digest digest,
      long offset,
      long length,
      boolean verified)
      throws IOException {
    ReadName name = new ReadName(scope.instance(), Compressor.IDENTITY, scope.function(), digest);
    RemoteInput input =
        new RemoteInput(stub, retries.start("Read"), name, offset, length, verified);
    try {
      input.receive();
      return input;
    } catch (IOException | RuntimeException e) {
      input.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    while (true) {
      int count = message.read(bytes, offset, length);
      if (count >= 0) {
        return count;
      }
      if (position == end) {
        return -1;
      }
      receive();
    }
  }

  /** Receives the next message; there must be one to come. */
  private void receive() throws IOException {
    while (true) {
      try {
        message = next().newInput();
        round.succeeded();
        return;
      } catch (StatusException e) {
        call = null;
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          throw new BlobMissingException(
              name.digest(), String.valueOf(e.getStatus().getDescription()));
        }
        round.pauseOrThrow(e.getStatus(), e);
      } catch (InterruptedException e) {
        throw Retries.interrupted("Read");
      }
    }
  }

  private ByteString next() throws StatusException, InterruptedException, IOException {
    if (call == null) {
      call =
          stub.read(
              ReadRequest.newBuilder()
                  .setResourceName(name.format())
                  .setReadOffset(position)
                  .setReadLimit(end == name.digest().sizeBytes() ? 0 : end - position)
                  .build());
    }
    ReadResponse response = await(call);
    ByteString data = response == null ? ByteString.EMPTY : response.getData();
    if (response == null || data.size() > end - position) {
      throw new IOException(
          "The store sent %s bytes of blob %s than it has"
              .formatted(response == null ? "fewer" : "more", name.digest()));
    }
    position += data.size();
    if (hasher != null) {
      data.asReadOnlyByteBufferList().forEach(hasher::update);
    }
    if (position == end) {
      verify();
      endInOrder(call);
      call = null;
    }
    return data;
  }

  /** Hears the end of the call, which would else be cancelled. */
  private static void endInOrder(BlockingClientCall<?, ReadResponse> call)
      throws InterruptedException {
    try {
      var _ = await(call);
    } catch (StatusException e) {
      log.atDebug().setCause(e).log("A stream failed after its last byte");
    }
  }

  /** The next message; null at the end. */
  static @Nullable ReadResponse await(BlockingClientCall<?, ReadResponse> call)
      throws StatusException, InterruptedException {
    try {
      return call.read(STALL_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      call.cancel("The store sent nothing", e);
      throw Status.DEADLINE_EXCEEDED
          .withDescription("The store sent nothing for " + STALL_SECONDS + " s")
          .withCause(e)
          .asException();
    }
  }

  private void verify() throws IOException {
    if (hasher != null) {
      String hash = hasher.hex();
      if (!hash.equals(name.digest().hash())) {
        throw new IOException(
            "The store sent bytes with hash %s for blob %s".formatted(hash, name.digest()));
      }
    }
  }

  @Override
  public int available() throws IOException {
    return message.available();
  }

  @Override
  public void close() {
    if (call != null) {
      call.cancel("The reader closed the stream", null);
      call = null;
    }
  }
}
