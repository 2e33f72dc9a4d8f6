package build.sparrow.reapi;

import build.bazel.remote.execution.v2.RequestMetadata;
import io.grpc.Metadata;
import io.grpc.protobuf.ProtoUtils;

/**
 * Whose work a call is, as far as the client says: for fairness, logs and status. Never trusted for
 * access, and never a reason to refuse a call; each part is cut to {@value #MAX_LENGTH} characters.
 */
public record InvocationKey(
    String toolName,
    String toolInvocationId,
    String correlatedInvocationsId,
    String actionMnemonic,
    String targetId) {
  /** The header in which clients send {@link RequestMetadata}. */
  public static final Metadata.Key<RequestMetadata> REQUEST_METADATA =
      Metadata.Key.of(
          "build.bazel.remote.execution.v2.requestmetadata-bin",
          ProtoUtils.metadataMarshaller(RequestMetadata.getDefaultInstance()));

  static final int MAX_LENGTH = 256;

  /** Cuts each part to its bound. */
  public InvocationKey {
    toolName = cut(toolName);
    toolInvocationId = cut(toolInvocationId);
    correlatedInvocationsId = cut(correlatedInvocationsId);
    actionMnemonic = cut(actionMnemonic);
    targetId = cut(targetId);
  }

  /** The parts of the metadata that say whose work it is; empty where the client left them out. */
  public static InvocationKey of(RequestMetadata metadata) {
    return new InvocationKey(
        metadata.getToolDetails().getToolName(),
        metadata.getToolInvocationId(),
        metadata.getCorrelatedInvocationsId(),
        metadata.getActionMnemonic(),
        metadata.getTargetId());
  }

  /**
   * Reads the header; without it, the empty message.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if its bytes are not a RequestMetadata
   */
  public static RequestMetadata requestMetadata(Metadata headers) {
    try {
      RequestMetadata metadata = headers.get(REQUEST_METADATA);
      return metadata == null ? RequestMetadata.getDefaultInstance() : metadata;
    } catch (IllegalArgumentException e) {
      throw ReapiStatus.invalidArgument(
          "header %s is not a serialized RequestMetadata: %s"
              .formatted(REQUEST_METADATA.originalName(), e.getMessage()));
    }
  }

  private static String cut(String text) {
    if (text.length() <= MAX_LENGTH) {
      return text;
    }
    // Half a surrogate pair could not be written as UTF-8 again.
    boolean splitsPair = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1));
    return text.substring(0, splitsPair ? MAX_LENGTH - 1 : MAX_LENGTH);
  }
}
