package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class DigestTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String EMPTY_HASH = DigestFunction.SHA256.emptyDigest().hash();

  private static Digest parse(String hash, long sizeBytes) {
    return Digest.parse(proto(hash, sizeBytes), DigestFunction.SHA256, "action_digest");
  }

  private static build.bazel.remote.execution.v2.Digest proto(String hash, long sizeBytes) {
    return build.bazel.remote.execution.v2.Digest.newBuilder()
        .setHash(hash)
        .setSizeBytes(sizeBytes)
        .build();
  }

  @Test
  void aValidDigestSurvivesTheWire() {
    Digest digest = parse(HASH, 42);

    assertThat(digest).isEqualTo(new Digest(HASH, 42)).hasToString(HASH + "/42");
    assertThat(digest.toProto()).isEqualTo(proto(HASH, 42));
    assertThat(digest.isEmpty()).isFalse();
    assertThat(parse(EMPTY_HASH, 0)).isEqualTo(DigestFunction.SHA256.emptyDigest());
  }

  @Test
  void aMalformedHashIsRefusedWithFieldAndValue() {
    assertRejected(
        () -> parse("XYZ", 42),
        "action_digest.hash is \"XYZ\": expected 64 lower-case hexadecimal characters for SHA256");
    assertRejected(() -> parse("", 0), "action_digest.hash is \"\"");
    assertRejected(() -> parse(HASH.toUpperCase(java.util.Locale.ROOT), 42), "lower-case");
    assertRejected(() -> parse(HASH + "0", 42), "expected 64");
    assertRejected(() -> parse(HASH.substring(1), 42), "expected 64");
    assertRejected(() -> parse(HASH.substring(1) + "g", 42), "expected 64");
    assertRejected(() -> parse(HASH.substring(1) + "\u0661", 42), "expected 64");
  }

  @Test
  void theFirstBadOneOfAListIsNamedByItsPlace() {
    assertThat(
            Digest.parseAll(
                List.of(proto(HASH, 1), proto(HASH, 2)), DigestFunction.SHA256, "digests"))
        .containsExactly(new Digest(HASH, 1), new Digest(HASH, 2));
    assertRejected(
        () ->
            Digest.parseAll(
                List.of(proto(HASH, 1), proto(HASH, -2), proto("", 3)),
                DigestFunction.SHA256,
                "digests"),
        "digests[1].size_bytes is -2: expected 0 or more");
  }

  @Test
  void anImpossibleSizeIsRefusedWithFieldAndValue() {
    assertRejected(() -> parse(HASH, -1), "action_digest.size_bytes is -1: expected 0 or more");
    assertRejected(() -> parse(HASH, 0), "action_digest.size_bytes is 0", EMPTY_HASH);
    assertRejected(() -> parse(EMPTY_HASH, 5), "action_digest.size_bytes is 5", EMPTY_HASH);
  }

  @Test
  void aValueInAMessageIsCutAndEscaped() {
    assertRejected(() -> parse("a\nb\"".repeat(10_000), 1), "\"a\\u000ab\\\"", "…\"");
  }

  @Test
  void noCharacterPassesForHexadecimal_whereverItStands() {
    for (char c = 0; c < 0x180; c++) {
      boolean isHex = "0123456789abcdef".indexOf(c) >= 0;
      for (int before = 0; before < 12; before++) {
        String hash = "9".repeat(before) + c + "a".repeat(11 - before);
        if (isHex) {
          assertThat(new Digest(hash, 1).hash()).isEqualTo(hash);
        } else {
          assertThatIllegalArgumentException().isThrownBy(() -> new Digest(hash, 1));
        }
      }
    }
  }

  @Test
  void whatNoFunctionCouldGiveCannotBeMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Digest("", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Digest("AB", 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Digest("ab", -1));
  }
}
