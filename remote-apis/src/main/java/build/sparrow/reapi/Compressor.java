package build.sparrow.reapi;

import build.bazel.remote.execution.v2.Compressor.Value;

/** The forms in which blobs travel. */
public enum Compressor {
  IDENTITY(Value.IDENTITY),
  ZSTD(Value.ZSTD);

  private final Value proto;

  Compressor(Value proto) {
    this.proto = proto;
  }

  /**
   * Checks what a client sent.
   *
   * @param fieldName where it stood, for the message
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming those supported
   */
  public static Compressor parse(Value proto, String fieldName) {
    for (Compressor compressor : values()) {
      if (compressor.proto == proto) {
        return compressor;
      }
    }
    throw ReapiStatus.invalidArgument(
        "%s is %s: this farm supports IDENTITY and ZSTD".formatted(fieldName, proto));
  }

  /** The value on the wire. */
  public Value toProto() {
    return proto;
  }
}
