package build.sparrow.cas.segment;

import build.sparrow.reapi.Digest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Makes index keys; multiplies and folds, after wyhash. Safe for many threads. */
final class KeyHasher {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  // SHA-512 has as many hexadecimal characters; each function's count is a multiple of eight.
  private static final int MAX_HASH_CHARS = 128;
  private static final int WORDS = MAX_HASH_CHARS / Long.BYTES;
  private static final int SALTS = 2 * WORDS + 4;

  private final long[] salts = new long[SALTS];

  /** Draws all that is secret from the seed. */
  KeyHasher(long seed) {
    long state = seed;
    for (int i = 0; i < SALTS; i++) {
      state += 0x9e3779b97f4a7c15L;
      salts[i] = mix(state);
    }
  }

  private static long mix(long state) {
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The number that goes into the checksums of a segment. */
  long segmentSalt(int segment) {
    return mix(salts[SALTS - 1] + segment);
  }

  IndexKey key(RecordKey key) {
    return key(key.kind(), key.scope(), key.digest());
  }

  // Copies the hash without looking at it: half the time of going through its characters.
  @SuppressWarnings("deprecation")
  IndexKey key(RecordKind kind, ScopeTag scope, Digest digest) {
    String hash = digest.hash();
    int length = hash.length();
    byte[] chars = new byte[(length + 15) / 16 * 16];
    hash.getBytes(0, length, chars, 0);
    long high = scope.high() ^ salts[0];
    long check = scope.low() ^ salts[1];
    int salt = 2;
    for (int at = 0; at < length; at += 2 * Long.BYTES) {
      long first = (long) LONG.get(chars, at);
      long second = (long) LONG.get(chars, at + Long.BYTES);
      high = fold(high ^ first, second ^ salts[salt]);
      check = fold(check ^ first ^ salts[salt + 1], second ^ salts[salt + 2]);
      salt += 2;
    }
    long end = digest.sizeBytes() * 4 + kind.code();
    high = fold(high ^ salts[salt], end ^ salts[salt + 1]);
    check = fold(check ^ salts[salt + 1], end ^ salts[salt]);
    return new IndexKey(high, (int) (check ^ (check >>> 32)));
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }
}
