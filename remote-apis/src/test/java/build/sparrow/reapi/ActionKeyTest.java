package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.DigestFunction.Value;
import org.junit.jupiter.api.Test;

class ActionKeyTest {
  private static final Digest ACTION = new Digest("0123456789abcdef".repeat(4), 7);

  @Test
  void aKeyIsMadeOfInstanceFunctionAndDigest() {
    ActionKey unset = ActionKey.parse("main", Value.UNKNOWN, ACTION.toProto());
    ActionKey blake3 = ActionKey.parse("main", Value.BLAKE3, ACTION.toProto());

    assertThat(unset)
        .isEqualTo(new ActionKey(new InstanceName("main"), DigestFunction.SHA256, ACTION))
        .isNotEqualTo(blake3)
        .hasToString("main/" + ACTION);
    assertThat(blake3).hasToString("main/blake3/" + ACTION);
  }

  @Test
  void eachPartIsChecked() {
    assertRejected(() -> ActionKey.parse("a//b", Value.UNKNOWN, ACTION.toProto()), "instance_name");
    assertRejected(
        () -> ActionKey.parse("", Value.VSO, ACTION.toProto()), "digest_function is VSO");
    assertRejected(
        () -> ActionKey.parse("", Value.SHA1, ACTION.toProto()), "action_digest.hash", "for SHA1");
  }
}
