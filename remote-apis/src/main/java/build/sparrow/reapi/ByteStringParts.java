package build.sparrow.reapi;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arrays that a ByteString stands on. The read-only buffers that it gives out itself hide them,
 * and who hashes such a buffer copies it, some kilobytes at a time.
 */
public final class ByteStringParts extends ByteOutput {
  private final List<ByteBuffer> parts = new ArrayList<>(1);

  private ByteStringParts() {}

  /** The bytes in buffers, which are not to be written to. */
  public static List<ByteBuffer> of(ByteString bytes) {
    ByteStringParts output = new ByteStringParts();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, output);
    } catch (IOException e) {
      throw new UncheckedIOException("A list took no part of a ByteString", e);
    }
    return output.parts;
  }

  @Override
  public void write(byte octet) {
    parts.add(ByteBuffer.wrap(new byte[] {octet}));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    parts.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
  }

  @Override
  public void writeLazy(byte[] bytes, int offset, int length) {
    parts.add(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public void write(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    parts.add(ByteBuffer.wrap(copy));
  }

  @Override
  public void writeLazy(ByteBuffer bytes) {
    parts.add(bytes.slice());
  }
}
