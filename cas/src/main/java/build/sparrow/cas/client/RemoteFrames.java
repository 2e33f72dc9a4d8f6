package build.sparrow.cas.client;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.reapi.ResourceName.ReadName;
import com.google.bytestream.ByteStreamGrpc.ByteStreamBlockingV2Stub;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A blob as zstd frames that stream in, one message at a time. Nobody looks into them on the way:
 * the store compared them with its checksums, and who decodes them has the digest. A stream that
 * broke off cannot be gone on with, as offsets are those of the blob.
 */
final class RemoteFrames extends InputStream {
  private final ByteStreamBlockingV2Stub stub;
  private final ReadName name;
  private @Nullable BlockingClientCall<?, ReadResponse> call;
  private InputStream message = InputStream.nullInputStream();

  private RemoteFrames(ByteStreamBlockingV2Stub stub, ReadName name) {
    this.stub = stub;
    this.name = name;
  }

  /** Opens the blob; its first message has come when this returns. */
  static RemoteFrames open(ByteStreamBlockingV2Stub stub, Retries retries, ReadName name)
      throws IOException {
    RemoteFrames frames = new RemoteFrames(stub, name);
    Retries.Round round = retries.start("Read");
    while (true) {
      try {
        frames.start();
        return frames;
      } catch (StatusException e) {
        if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
          throw frames.missing(e);
        }
        round.pauseOrThrow(e.getStatus(), e);
      } catch (InterruptedException e) {
        frames.close();
        throw Retries.interrupted("Read");
      }
    }
  }

  private void start() throws StatusException, InterruptedException {
    call = stub.read(ReadRequest.newBuilder().setResourceName(name.format()).build());
    receive(call);
  }

  private void receive(BlockingClientCall<?, ReadResponse> open)
      throws StatusException, InterruptedException {
    ReadResponse response = RemoteInput.await(open);
    if (response == null) {
      call = null;
    } else {
      message = response.getData().newInput();
    }
  }

  private BlobMissingException missing(StatusException cause) {
    return new BlobMissingException(
        name.digest(), String.valueOf(cause.getStatus().getDescription()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    while (true) {
      int count = message.read(bytes, offset, length);
      BlockingClientCall<?, ReadResponse> open = call;
      if (count >= 0 || open == null) {
        return count;
      }
      try {
        receive(open);
      } catch (StatusException e) {
        call = null;
        throw e.getStatus().getCode() == Status.Code.NOT_FOUND
            ? missing(e)
            : RemoteFailures.of("Read", e.getStatus(), e);
      } catch (InterruptedException e) {
        throw Retries.interrupted("Read");
      }
    }
  }

  @Override
  public void close() {
    if (call != null) {
      call.cancel("The reader closed the stream", null);
      call = null;
    }
  }
}
