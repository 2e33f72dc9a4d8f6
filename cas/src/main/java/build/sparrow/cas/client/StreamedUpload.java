package build.sparrow.cas.client;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import java.io.IOException;

/** An upload whose bytes are sent as they come and are not kept, so it is tried once. */
final class StreamedUpload extends BlobUpload {
  private final UploadStream stream;
  private final Digest digest;
  private final boolean isPlain;
  private ByteString pending = ByteString.EMPTY;
  private long takenBytes;
  private boolean started;
  private boolean stored;

  /**
   * @param isPlain whether the bytes are those of the digest, and not zstd frames
   */
  StreamedUpload(UploadStream stream, Digest digest, boolean isPlain) {
    this.stream = stream;
    this.digest = digest;
    this.isPlain = isPlain;
  }

  /** A step of the upload that the other process may fail. */
  @FunctionalInterface
  private interface Step {
    boolean run() throws StatusException, InterruptedException;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    write(ByteString.copyFrom(bytes, offset, length));
  }

  @Override
  public void write(ByteString bytes) throws IOException {
    if (stored) {
      return;
    }
    if (isPlain && bytes.size() > digest.sizeBytes() - takenBytes) {
      throw DigestMismatchException.tooLong(digest);
    }
    takenBytes += bytes.size();
    pending = pending.concat(bytes);
    while (pending.size() >= CasLimits.CHUNK_BYTES && !stored) {
      send(CasLimits.CHUNK_BYTES);
    }
  }

  private void send(int count) throws IOException {
    ByteString data = pending.substring(0, count);
    pending = pending.substring(count);
    boolean goesOn =
        run(
            () -> {
              if (!started) {
                started = true;
                if (!stream.start()) {
                  return false;
                }
              }
              return stream.send(data);
            });
    stored = !goesOn;
  }

  @Override
  public boolean alreadyStored() {
    try {
      stored = stored || run(stream::isAnswered);
    } catch (IOException _) {
      // The next step meets it again and says so.
    }
    return stored;
  }

  @Override
  public void commit() throws IOException {
    if (stored) {
      return;
    }
    if (isPlain && takenBytes < digest.sizeBytes()) {
      throw DigestMismatchException.tooShort(takenBytes, digest);
    }
    if (!pending.isEmpty() || !started) {
      send(pending.size());
    }
    if (!stored) {
      stored =
          run(
              () -> {
                stream.finish();
                return true;
              });
    }
  }

  private static boolean run(Step step) throws IOException {
    try {
      return step.run();
    } catch (StatusException e) {
      throw RemoteFailures.of("Write", e.getStatus(), e);
    } catch (InterruptedException e) {
      throw Retries.interrupted("Write");
    }
  }

  @Override
  public void close() {
    if (!stored) {
      stream.cancel();
    }
  }
}
