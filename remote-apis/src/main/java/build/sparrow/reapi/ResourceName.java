package build.sparrow.reapi;

import java.util.UUID;

/**
 * What a ByteStream call is about. {@code {instance}} may be empty or have several segments; {@code
 * {function}} stands only where the length of the hash does not tell it.
 */
public sealed interface ResourceName {
  /** The instance that holds the blob. */
  InstanceName instance();

  /** The form in which the blob travels. */
  Compressor compressor();

  /** The function of {@link #digest()}. */
  DigestFunction function();

  /** The blob, uncompressed. */
  Digest digest();

  /** The name on the wire. */
  String format();

  /** {@code {instance}/blobs/{function}/{hash}/{size}}, or compressed-blobs/zstd for blobs. */
  record ReadName(
      InstanceName instance, Compressor compressor, DigestFunction function, Digest digest)
      implements ResourceName {
    @Override
    public String format() {
      return instance.prefix() + blobPart(this);
    }
  }

  /**
   * {@code {instance}/uploads/{uuid}/} and then as in {@link ReadName}.
   *
   * @param uuid drawn by the client, so that it can find its own upload again
   */
  record WriteName(
      InstanceName instance,
      UUID uuid,
      Compressor compressor,
      DigestFunction function,
      Digest digest)
      implements ResourceName {
    @Override
    public String format() {
      return instance.prefix() + "uploads/" + uuid + "/" + blobPart(this);
    }
  }

  /**
   * Parses the name of a download. A file name or other metadata after the size is ignored.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming field and value
   */
  static ReadName parseRead(String resourceName) {
    return new ResourceNameParser(resourceName).read();
  }

  /**
   * Parses the name of an upload. A file name or other metadata after the size is ignored.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming field and value
   */
  static WriteName parseWrite(String resourceName) {
    return new ResourceNameParser(resourceName).write();
  }

  /** As {@code [blake3/]hash/size}. */
  static String digestPart(DigestFunction function, Digest digest) {
    String part = function.resourceNamePart();
    return part.isEmpty() ? digest.toString() : part + "/" + digest;
  }

  private static String blobPart(ResourceName name) {
    String kind =
        switch (name.compressor()) {
          case IDENTITY -> "blobs/";
          case ZSTD -> "compressed-blobs/zstd/";
        };
    return kind + digestPart(name.function(), name.digest());
  }
}
