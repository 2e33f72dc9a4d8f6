package build.sparrow.reapi;

import java.nio.ByteBuffer;

/** Hashes one blob that arrives piece by piece; for one thread, and used up by {@link #hex()}. */
public interface Hasher {
  /** Takes {@code length} bytes of {@code bytes} from {@code offset}. */
  void update(byte[] bytes, int offset, int length);

  /** Takes all remaining bytes and moves the buffer's position to its limit. */
  void update(ByteBuffer bytes);

  /** Ends the hash: lower-case hexadecimal of all that was taken. */
  String hex();
}
