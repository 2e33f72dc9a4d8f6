package build.sparrow.reapi;

/**
 * The name of a blob: its hash and its size.
 *
 * @param hash lower-case hexadecimal
 * @param sizeBytes size of the blob uncompressed, from 0
 */
public record Digest(String hash, long sizeBytes) {
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
    return checked(proto.getHash(), proto.getSizeBytes(), function, fieldName + ".");
  }

  /** As {@link #parse}; {@code context} stands before "hash" and "size_bytes" in messages. */
  static Digest checked(String hash, long sizeBytes, DigestFunction function, String context) {
    if (hash.length() != function.hexLength() || !isLowerCaseHex(hash)) {
      throw ReapiStatus.invalidArgument(
          "%shash is %s: expected %d lower-case hexadecimal characters for %s"
              .formatted(context, ReapiStatus.quote(hash), function.hexLength(), function));
    }
    if (sizeBytes < 0) {
      throw ReapiStatus.invalidArgument(
          "%ssize_bytes is %d: expected 0 or more".formatted(context, sizeBytes));
    }
    if ((sizeBytes == 0) != hash.equals(function.emptyHash())) {
      throw ReapiStatus.invalidArgument(
          "%ssize_bytes is %d for hash %s: size 0 belongs to the empty blob alone, whose %s hash is %s"
              .formatted(context, sizeBytes, hash, function, function.emptyHash()));
    }
    return new Digest(hash, sizeBytes);
  }

  private static boolean isLowerCaseHex(String hash) {
    for (int i = 0; i < hash.length(); i++) {
      char c = hash.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
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
