package build.sparrow.reapi;

import build.bazel.remote.execution.v2.DigestFunction.Value;

/**
 * What identifies an action within a farm: equal keys may be merged and share a cached result.
 *
 * @param action digest of the Action message by {@code function}
 */
public record ActionKey(InstanceName instance, DigestFunction function, Digest action) {
  /**
   * Checks the fields that every request about an action has.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming field and value
   */
  public static ActionKey parse(
      String instanceName,
      Value digestFunction,
      build.bazel.remote.execution.v2.Digest actionDigest) {
    InstanceName instance = InstanceName.parse(instanceName);
    DigestFunction function = DigestFunction.resolve(digestFunction, actionDigest.getHash());
    return new ActionKey(instance, function, Digest.parse(actionDigest, function, "action_digest"));
  }

  /** As {@code instance/[blake3/]hash/size}. */
  @Override
  public String toString() {
    return instance.prefix() + ResourceName.digestPart(function, action);
  }
}
