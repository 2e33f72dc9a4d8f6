package build.sparrow.cas.replica;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;

/** Items as messages. */
public final class Items {
  private Items() {}

  /** The message of an item. */
  public static build.sparrow.storage.v1.Item toProto(Item item) {
    return switch (item) {
      case Item.Blob(var scope, var digest) -> proto(scope, digest).build();
      case Item.Result(var key) -> proto(BlobScope.of(key), key.action()).setIsResult(true).build();
    };
  }

  private static build.sparrow.storage.v1.Item.Builder proto(BlobScope scope, Digest digest) {
    return build.sparrow.storage.v1.Item.newBuilder()
        .setInstanceName(scope.instance().value())
        .setDigestFunction(scope.function().toProto())
        .setDigest(digest.toProto());
  }

  /**
   * The item of a message.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if it names none
   */
  public static Item parse(build.sparrow.storage.v1.Item proto) {
    InstanceName instance = InstanceName.parse(proto.getInstanceName());
    DigestFunction function =
        DigestFunction.resolve(proto.getDigestFunction(), proto.getDigest().getHash());
    Digest digest = Digest.parse(proto.getDigest(), function, "digest");
    return proto.getIsResult()
        ? new Item.Result(new ActionKey(instance, function, digest))
        : new Item.Blob(new BlobScope(instance, function), digest);
  }
}
