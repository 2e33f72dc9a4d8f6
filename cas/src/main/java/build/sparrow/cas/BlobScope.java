package build.sparrow.cas;

import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;

/**
 * The namespace in which a digest names a blob: blobs of one instance are not seen from another.
 *
 * @param function of the digests
 */
public record BlobScope(InstanceName instance, DigestFunction function) {
  /** Where the blobs are that the result of this action references. */
  public static BlobScope of(ActionKey key) {
    return new BlobScope(key.instance(), key.function());
  }
}
