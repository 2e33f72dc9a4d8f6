package build.sparrow.reapi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The name of a blob: its hash and its size.
 *
 * @param hash lower-case hexadecimal
 * @param sizeBytes size of the blob uncompressed, from 0
 */
public record Digest(String hash, long sizeBytes) {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Throws IllegalArgumentException for what no digest function could give. */
  public Digest {
    if (hash.isEmpty() || !isLowerCaseHex(hash)) {
      throw new IllegalArgumentException(
          "hash is " + ReapiStatus.quote(hash) + ": expected lower-case hexadecimal characters");
    }
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("size is " + sizeBytes + ": expected 0 or more");
    }
  }

  /**
   * Checks what a client sent.
   *
   * @param fieldName where it stood, such as {@code action_digest}, for the message
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming field and value
   */
  public static Digest parse(
      build.bazel.remote.execution.v2.Digest proto, DigestFunction function, String fieldName) {
    return checked(proto.getHash(), proto.getSizeBytes(), function, () -> fieldName + ".");
  }

  /** As {@link #parse}, for all of a list, such as {@code blob_digests}. */
  public static List<Digest> parseAll(
      List<build.bazel.remote.execution.v2.Digest> protos,
      DigestFunction function,
      String fieldName) {
    List<Digest> digests = new ArrayList<>(protos.size());
    for (var proto : protos) {
      int at = digests.size();
      digests.add(
          checked(
              proto.getHash(), proto.getSizeBytes(), function, () -> fieldName + "[" + at + "]."));
    }
    return digests;
  }

  /**
   * As {@link #parse}; {@code context} stands before "hash" and "size_bytes" in messages. It is
   * made only for one: a request may have ten thousand digests.
   */
  static Digest checked(
      String hash, long sizeBytes, DigestFunction function, Supplier<String> context) {
    if (hash.length() != function.hexLength() || !isLowerCaseHex(hash)) {
      throw ReapiStatus.invalidArgument(
          "%shash is %s: expected %d lower-case hexadecimal characters for %s"
              .formatted(context.get(), ReapiStatus.quote(hash), function.hexLength(), function));
    }
    if (sizeBytes < 0) {
      throw ReapiStatus.invalidArgument(
          "%ssize_bytes is %d: expected 0 or more".formatted(context.get(), sizeBytes));
    }
    if ((sizeBytes == 0) != hash.equals(function.emptyHash())) {
      throw ReapiStatus.invalidArgument(
          "%ssize_bytes is %d for hash %s: size 0 belongs to the empty blob alone, whose %s hash is %s"
              .formatted(context.get(), sizeBytes, hash, function, function.emptyHash()));
    }
    return new Digest(hash, sizeBytes);
  }

  /** Looks at eight characters at a time: a request may have ten thousand hashes. */
  private static boolean isLowerCaseHex(String hash) {
    // What is not Latin becomes a question mark, and so is refused.
    byte[] chars = hash.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    for (; at + Long.BYTES <= chars.length; at += Long.BYTES) {
      if (!areLowerCaseHex((long) LONG.get(chars, at))) {
        return false;
      }
    }
    for (; at < chars.length; at++) {
      if (!areLowerCaseHex(ONES * (chars[at] & 0xff))) {
        return false;
      }
    }
    return true;
  }

  /** Of bytes below 0x80 no sum below goes over into the next one. */
  private static boolean areLowerCaseHex(long chars) {
    long digits = (chars + ONES * (0x80 - '0')) & ~(chars + ONES * (0x80 - '9' - 1));
    long letters = (chars + ONES * (0x80 - 'a')) & ~(chars + ONES * (0x80 - 'f' - 1));
    return (chars & HIGH_BITS) == 0 && ((digits | letters) & HIGH_BITS) == HIGH_BITS;
  }

  /** Whether this names the empty blob, which the protocol holds to be always there. */
  public boolean isEmpty() {
    return sizeBytes == 0;
  }

  /** The message on the wire. */
  public build.bazel.remote.execution.v2.Digest toProto() {
    return build.bazel.remote.execution.v2.Digest.newBuilder()
        .setHash(hash)
        .setSizeBytes(sizeBytes)
        .build();
  }

  /** As {@code hash/size}. */
  @Override
  public String toString() {
    return hash + "/" + sizeBytes;
  }
}
