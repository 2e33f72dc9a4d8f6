package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.Random;

/** Blobs for tests: the same seed gives the same bytes, which do not compress. */
public final class SampleBlobs {
  public static final BlobScope SCOPE = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);

  private SampleBlobs() {}

  public static ByteString random(long seed, int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    new Random(seed).nextBytes(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** As {@link #random}, but a zstd frame of it has little more than half of its bytes. */
  public static ByteString compressible(long seed, int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    Random random = new Random(seed);
    for (int i = 0; i < sizeBytes; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(16));
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** One frame, as a client makes it. */
  public static ByteString frame(ByteString blob) {
    return UnsafeByteOperations.unsafeWrap(Zstd.compress(blob.toByteArray(), 3));
  }

  public static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  public static Digest digestOf(ByteString blob) {
    return DigestFunction.SHA256.digestOf(blob);
  }

  /** A digest that no blob of these tests has. */
  public static Digest unknown(long sizeBytes) {
    return new Digest("0123456789abcdef".repeat(4), sizeBytes);
  }
}
