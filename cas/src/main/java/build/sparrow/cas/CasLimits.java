package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import build.sparrow.service.TransportLimits;
import java.util.Collection;

/** The bounds that all who serve or call a store share. */
public final class CasLimits {
  /** The most bytes that the blobs of a batch may have together; announced to clients. */
  public static final int MAX_BATCH_BYTES = TransportLimits.MAX_BATCH_BYTES;

  /** The most blobs in a batch that our own client sends; their digests fit the message's slack. */
  public static final int MAX_BATCH_BLOBS = 4_000;

  /** The most digests in one FindMissingBlobs that our own client sends; about 0.7 MB. */
  public static final int MAX_QUERY_DIGESTS = 10_000;

  /** Bytes in one message of a stream. */
  public static final int CHUNK_BYTES = 256 << 10;

  private CasLimits() {}

  /**
   * Throws IllegalArgumentException if one of the blobs is too large to be held in memory whole.
   */
  public static void checkSmall(Collection<Digest> digests) {
    for (Digest digest : digests) {
      if (digest.sizeBytes() > MAX_BATCH_BYTES) {
        throw new IllegalArgumentException(
            "Blob %s is to be read whole, which is done up to %d bytes; stream it"
                .formatted(digest, MAX_BATCH_BYTES));
      }
    }
  }
}
