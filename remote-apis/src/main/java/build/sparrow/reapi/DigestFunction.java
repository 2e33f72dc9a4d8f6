package build.sparrow.reapi;

import build.bazel.remote.execution.v2.DigestFunction.Value;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.Blake3;

/** The digest functions that a farm serves; {@link #SHA256} is the default. */
public enum DigestFunction {
  SHA256("SHA-256", 64, Value.SHA256),
  BLAKE3("", 64, Value.BLAKE3),
  SHA1("SHA-1", 40, Value.SHA1),
  SHA384("SHA-384", 96, Value.SHA384),
  SHA512("SHA-512", 128, Value.SHA512),
  MD5("MD5", 32, Value.MD5);

  private static final int BLAKE3_BYTES = 32;
  private static final int COPY_BYTES = 8192;

  private final String jcaName;
  private final int hexLength;
  private final Value proto;
  private final String emptyHash;

  DigestFunction(String jcaName, int hexLength, Value proto) {
    this.jcaName = jcaName;
    this.hexLength = hexLength;
    this.proto = proto;
    this.emptyHash = newHasher(jcaName).hex();
  }

  /**
   * Finds the function a request means. A request may leave it unset for every function but BLAKE3;
   * then the length of {@code hash} tells.
   *
   * @param hash any hash of the request
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if the farm does not serve the
   *     function, or if no function has hashes of that length
   */
  public static DigestFunction resolve(Value digestFunction, String hash) {
    return digestFunction == Value.UNKNOWN ? ofLength(hash) : of(digestFunction);
  }

  private static DigestFunction of(Value digestFunction) {
    for (DigestFunction function : values()) {
      if (function.proto == digestFunction) {
        return function;
      }
    }
    throw ReapiStatus.invalidArgument(
        "digest_function is " + digestFunction + ": this farm serves " + served());
  }

  private static DigestFunction ofLength(String hash) {
    for (DigestFunction function : values()) {
      if (function.hexLength == hash.length() && function.isToldByLength()) {
        return function;
      }
    }
    throw ReapiStatus.invalidArgument(
        "digest_function is not set and hash is "
            + ReapiStatus.quote(hash)
            + ": no digest function has hashes of "
            + hash.length()
            + " characters; set digest_function to one of "
            + served());
  }

  static String served() {
    return Arrays.stream(values()).map(DigestFunction::name).collect(Collectors.joining(", "));
  }

  /** Length of a hash, in hexadecimal characters. */
  public int hexLength() {
    return hexLength;
  }

  /** The value on the wire. */
  public Value toProto() {
    return proto;
  }

  /** Digest of the empty blob, the only digest of size 0. */
  public Digest emptyDigest() {
    return new Digest(emptyHash, 0);
  }

  String emptyHash() {
    return emptyHash;
  }

  /**
   * The segment that names this function in resource names: {@code "blake3"}, and empty for the
   * functions that the protocol wants left out because the length of the hash tells them.
   */
  public String resourceNamePart() {
    return isToldByLength() ? "" : "blake3";
  }

  private boolean isToldByLength() {
    return this != BLAKE3;
  }

  /** Starts the hash of one blob. */
  public Hasher newHasher() {
    return newHasher(jcaName);
  }

  /** Digest of bytes that are already in memory. */
  public Digest digestOf(byte[] bytes) {
    Hasher hasher = newHasher();
    hasher.update(bytes, 0, bytes.length);
    return new Digest(hasher.hex(), bytes.length);
  }

  /** Digest of bytes that are already in memory; does not copy them. */
  public Digest digestOf(ByteString bytes) {
    Hasher hasher = newHasher();
    ByteStringParts.of(bytes).forEach(hasher::update);
    return new Digest(hasher.hex(), bytes.size());
  }

  // Static, because the constructor needs it for the hash of the empty blob.
  private static Hasher newHasher(String jcaName) {
    return jcaName.isEmpty() ? new Blake3Hasher() : new JcaHasher(jcaName);
  }

  private static final class JcaHasher implements Hasher {
    private final MessageDigest digest;

    JcaHasher(String jcaName) {
      try {
        digest = MessageDigest.getInstance(jcaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("This Java runtime lacks " + jcaName, e);
      }
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }

    @Override
    public void update(ByteBuffer bytes) {
      digest.update(bytes);
    }

    @Override
    public String hex() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  private static final class Blake3Hasher implements Hasher {
    private final Blake3 blake3 = Blake3.initHash();

    @Override
    public void update(byte[] bytes, int offset, int length) {
      blake3.update(bytes, offset, length);
    }

    @Override
    public void update(ByteBuffer bytes) {
      if (bytes.hasArray()) {
        blake3.update(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        bytes.position(bytes.limit());
        return;
      }
      byte[] copy = new byte[Math.min(COPY_BYTES, bytes.remaining())];
      while (bytes.hasRemaining()) {
        int length = Math.min(copy.length, bytes.remaining());
        bytes.get(copy, 0, length);
        blake3.update(copy, 0, length);
      }
    }

    @Override
    public String hex() {
      byte[] hash = new byte[BLAKE3_BYTES];
      blake3.doFinalize(hash);
      return HexFormat.of().formatHex(hash);
    }
  }
}
