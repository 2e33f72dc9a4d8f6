package build.sparrow.cas.chunk;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * FastCDC as Xia et al. published it in 2020 ("The Design of Fast Content-Defined Chunking for Data
 * Deduplication Based Storage Systems", IEEE TPDS 31(9)), with normalization level 2, as the Remote
 * Execution API wants it: a gear hash rolls over the bytes, and a chunk ends where the bits of a
 * mask are zero in it; up to the average with a mask of more bits than after it, so that lengths
 * stay near the average.
 */
public final class FastCdc {
  /** What chunks have on average, in bytes; announced to clients. */
  public static final int AVERAGE_BYTES = 512 << 10;

  /** The fewest bytes of a chunk but the last. */
  public static final int MIN_BYTES = AVERAGE_BYTES / 4;

  /** The most bytes of a chunk. */
  public static final int MAX_BYTES = 4 * AVERAGE_BYTES;

  /** For {@link #AVERAGE_BYTES}: masks of the reference code with 21 and with 17 bits. */
  static final FastCdc STANDARD =
      new FastCdc(MIN_BYTES, AVERAGE_BYTES, MAX_BYTES, 0x0000d91767537000L, 0x0000d90703537000L);

  private static final long[] GEAR = gear();

  private final int minBytes;
  private final int averageBytes;
  private final int maxBytes;
  private final long maskBefore;
  private final long maskAfter;

  /**
   * @param maskBefore for cuts before the average
   * @param maskAfter for cuts after it, with fewer bits
   */
  FastCdc(int minBytes, int averageBytes, int maxBytes, long maskBefore, long maskAfter) {
    this.minBytes = minBytes;
    this.averageBytes = averageBytes;
    this.maxBytes = maxBytes;
    this.maskBefore = maskBefore;
    this.maskAfter = maskAfter;
  }

  /** For each octet the first half of the MD5 of 64 of it, as the reference code draws them. */
  private static long[] gear() {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      long[] gear = new long[256];
      byte[] seed = new byte[64];
      for (int octet = 0; octet < gear.length; octet++) {
        Arrays.fill(seed, (byte) octet);
        gear[octet] = ByteBuffer.wrap(md5.digest(seed)).getLong();
      }
      return gear;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java runtime lacks MD5", e);
    }
  }

  /**
   * How long the first chunk is.
   *
   * @param available bytes in {@code bytes}, from its start: all that is left of the blob, or at
   *     least as many as a chunk may have
   */
  int cut(byte[] bytes, int available) {
    if (available <= minBytes) {
      return available;
    }
    int end = Math.min(available, maxBytes);
    // The published algorithm rolls two bytes at a time, and never looks at an odd one at the end.
    int average = Math.min(averageBytes, end) & ~1;
    int last = end & ~1;
    long hash = 0;
    int at = minBytes;
    for (; at < average; at++) {
      hash = (hash << 1) + GEAR[bytes[at] & 0xff];
      if ((hash & maskBefore) == 0) {
        return at;
      }
    }
    for (; at < last; at++) {
      hash = (hash << 1) + GEAR[bytes[at] & 0xff];
      if ((hash & maskAfter) == 0) {
        return at;
      }
    }
    return end;
  }
}
