package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blob, or a part of it, that goes on at another shard where the stream from one breaks off. A
 * whole blob is hashed, and its last bytes are held back until it matches.
 */
final class ReplicatedInput extends InputStream {
  private static final Logger log = LoggerFactory.getLogger(ReplicatedInput.class);

  /** Of breaks without a byte between them; the shards are three. */
  private static final int MOST_BREAKS = 6;

  private final ReplicatedBlobStore store;
  private final BlobScope scope;
  private final Digest digest;
  private final @Nullable Hasher hasher;
  private final long end;
  private long position;
  private int breaks;
  private InputStream stream;

  private ReplicatedInput(
      ReplicatedBlobStore store,
      BlobScope scope,
      Digest digest,
      long offset,
      long length,
      InputStream stream) {
    this.store = store;
    this.scope = scope;
    this.digest = digest;
    this.position = offset;
    this.end = offset + length;
    this.stream = stream;
    this.hasher = length == digest.sizeBytes() ? scope.function().newHasher() : null;
  }

  /** Opens at least one byte of a blob. */
  static InputStream open(
      ReplicatedBlobStore store, BlobScope scope, Digest digest, long offset, long length)
      throws IOException {
    return new ReplicatedInput(
        store, scope, digest, offset, length, store.open(scope, digest, offset, length));
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
    if (position == end) {
      return -1;
    }
    int count = next(bytes, offset, (int) Math.min(length, end - position));
    position += count;
    if (hasher != null) {
      hasher.update(bytes, offset, count);
      if (position == end) {
        verify(hasher.hex());
      }
    }
    return count;
  }

  private int next(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      try {
        int count = stream.read(bytes, offset, length);
        if (count > 0) {
          breaks = 0;
          return count;
        }
        throw new StoreUnavailableException("A shard ended blob " + digest + " early");
      } catch (BlobMissingException e) {
        // It was there when it was opened, so what came of it may be wrong already.
        throw new StoreUnavailableException(
            "A shard found blob %s corrupt while it was read; read it again".formatted(digest), e);
      } catch (IOException e) {
        if (++breaks > MOST_BREAKS) {
          throw e;
        }
        log.atDebug().addKeyValue("blob", digest).setCause(e).log("A stream of a blob broke off");
        stream.close();
        stream = store.open(scope, digest, position, end - position);
      }
    }
  }

  private void verify(String hash) throws IOException {
    if (!hash.equals(digest.hash())) {
      throw new IOException("Shards sent bytes with hash %s for blob %s".formatted(hash, digest));
    }
  }

  @Override
  public int available() throws IOException {
    return stream.available();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
