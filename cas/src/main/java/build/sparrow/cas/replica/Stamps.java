package build.sparrow.cas.replica;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.replica.call.Stamp;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * Stamps on results: they travel and are kept in the auxiliary metadata that the protocol leaves to
 * who executes, and are taken off before a client sees the result.
 */
public final class Stamps {
  private Stamps() {}

  /** The result with that stamp in place of any other. */
  public static ActionResult stamped(ActionResult result, Stamp stamp) {
    ActionResult.Builder stamped = without(result).toBuilder();
    stamped
        .getExecutionMetadataBuilder()
        .addAuxiliaryMetadata(
            Any.pack(
                build.sparrow.storage.v1.Stamp.newBuilder()
                    .setWrittenUnixMillis(stamp.writtenUnixMillis())
                    .setDraw(stamp.draw())
                    .build()));
    return stamped.build();
  }

  /** The stamp of the result, {@link Stamp#NONE} if it has none. */
  public static Stamp of(ActionResult result) {
    for (Any any : result.getExecutionMetadata().getAuxiliaryMetadataList()) {
      if (isStamp(any)) {
        try {
          var proto = any.unpack(build.sparrow.storage.v1.Stamp.class);
          return new Stamp(proto.getWrittenUnixMillis(), proto.getDraw());
        } catch (InvalidProtocolBufferException _) {
          return Stamp.NONE;
        }
      }
    }
    return Stamp.NONE;
  }

  /** The result as it was before it was stamped. */
  public static ActionResult without(ActionResult result) {
    if (result.getExecutionMetadata().getAuxiliaryMetadataList().stream()
        .noneMatch(Stamps::isStamp)) {
      return result;
    }
    ActionResult.Builder bare = result.toBuilder();
    bare.getExecutionMetadataBuilder().clearAuxiliaryMetadata();
    result.getExecutionMetadata().getAuxiliaryMetadataList().stream()
        .filter(any -> !isStamp(any))
        .forEach(bare.getExecutionMetadataBuilder()::addAuxiliaryMetadata);
    if (bare.getExecutionMetadata()
        .equals(build.bazel.remote.execution.v2.ExecutedActionMetadata.getDefaultInstance())) {
      bare.clearExecutionMetadata();
    }
    return bare.build();
  }

  private static boolean isStamp(Any any) {
    return any.is(build.sparrow.storage.v1.Stamp.class);
  }
}
