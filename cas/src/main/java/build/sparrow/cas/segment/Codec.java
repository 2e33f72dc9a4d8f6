package build.sparrow.cas.segment;

import org.jspecify.annotations.Nullable;

/** The form in which the bytes of a record are on the disk. The codes are on disk, too. */
enum Codec {
  /** As the digest has them. */
  PLAIN(0),
  /** Zstandard frames, as a client sent them; decoded they are what the digest says. */
  ZSTD(1);

  private static final int MOST_WORTH_PERCENT = 95;

  private final int code;

  Codec(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static @Nullable Codec of(int code) {
    for (Codec codec : values()) {
      if (codec.code == code) {
        return codec;
      }
    }
    return null;
  }

  /** Whether frames save enough to be decoded for each reader who wants plain bytes. */
  static boolean isWorthKeeping(long framesBytes, long plainBytes) {
    return framesBytes * 100 <= plainBytes * MOST_WORTH_PERCENT;
  }
}
