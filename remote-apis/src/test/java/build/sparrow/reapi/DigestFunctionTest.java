package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.DigestFunction.Value;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DigestFunctionTest {
  // Of "abc": FIPS 180-4 and RFC 1321 examples; BLAKE3 from its reference implementation.
  private static final Map<DigestFunction, String> ABC =
      Map.of(
          DigestFunction.SHA256,
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          DigestFunction.BLAKE3,
          "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
          DigestFunction.SHA1,
          "a9993e364706816aba3e25717850c26c9cd0d89d",
          DigestFunction.SHA384,
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
              + "8086072ba1e7cc2358baeca134c825a7",
          DigestFunction.SHA512,
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
          DigestFunction.MD5,
          "900150983cd24fb0d6963f7d28e17f72");

  @Test
  void everyFunctionHashesAsItsStandardSays() {
    for (DigestFunction function : DigestFunction.values()) {
      Digest digest = function.digestOf("abc".getBytes(UTF_8));

      assertThat(digest).isEqualTo(new Digest(String.valueOf(ABC.get(function)), 3));
      assertThat(digest.hash()).hasSize(function.hexLength());
    }
  }

  @Test
  void aBlobHashesTheSame_inOnePieceOrInMany() {
    byte[] blob = new byte[100_000];
    for (int i = 0; i < blob.length; i++) {
      blob[i] = (byte) (i * 31);
    }
    ByteBuffer direct = ByteBuffer.allocateDirect(60_000).put(blob, 40_000, 60_000).flip();

    for (DigestFunction function : DigestFunction.values()) {
      Hasher hasher = function.newHasher();
      hasher.update(blob, 0, 10_000);
      ByteBuffer slice = ByteBuffer.wrap(blob, 10_000, 30_000);
      hasher.update(slice);
      hasher.update(direct.rewind());

      assertThat(slice.hasRemaining()).isFalse();
      assertThat(direct.hasRemaining()).isFalse();
      assertThat(hasher.hex()).isEqualTo(function.digestOf(blob).hash());
      ByteString rope =
          ByteString.copyFrom(blob, 0, 7).concat(ByteString.copyFrom(blob, 7, 99_993));
      assertThat(function.digestOf(rope)).isEqualTo(function.digestOf(blob));
    }
  }

  @Test
  void theEmptyDigestIsThatOfNoBytes() {
    for (DigestFunction function : DigestFunction.values()) {
      assertThat(function.emptyDigest()).isEqualTo(function.digestOf(new byte[0]));
      assertThat(function.emptyDigest().isEmpty()).isTrue();
    }
  }

  @Test
  void anUnsetFunctionIsToldByTheLengthOfTheHash_butNeverBlake3() {
    assertThat(DigestFunction.resolve(Value.UNKNOWN, "0".repeat(64)))
        .isEqualTo(DigestFunction.SHA256);
    assertThat(DigestFunction.resolve(Value.UNKNOWN, "0".repeat(40)))
        .isEqualTo(DigestFunction.SHA1);
    assertThat(DigestFunction.resolve(Value.UNKNOWN, "0".repeat(96)))
        .isEqualTo(DigestFunction.SHA384);
    assertThat(DigestFunction.resolve(Value.UNKNOWN, "0".repeat(128)))
        .isEqualTo(DigestFunction.SHA512);
    assertThat(DigestFunction.resolve(Value.UNKNOWN, "0".repeat(32))).isEqualTo(DigestFunction.MD5);
  }

  @Test
  void aFunctionThatIsSetIsTaken_whateverTheHash() {
    for (DigestFunction function : DigestFunction.values()) {
      assertThat(DigestFunction.resolve(function.toProto(), "")).isEqualTo(function);
      assertThat(function.toProto().name()).isEqualTo(function.name());
    }
  }

  @Test
  void functionsTheFarmDoesNotServeAreRefusedWithThoseItServes() {
    assertRejected(
        () -> DigestFunction.resolve(Value.GITSHA1, "0".repeat(40)),
        "digest_function is GITSHA1: this farm serves SHA256, BLAKE3, SHA1, SHA384, SHA512, MD5");
    assertRejected(() -> DigestFunction.resolve(Value.UNRECOGNIZED, ""), "UNRECOGNIZED");
    assertRejected(
        () -> DigestFunction.resolve(Value.UNKNOWN, "abc"),
        "digest_function is not set",
        "\"abc\"",
        "3 characters");
  }

  @Test
  void onlyBlake3IsNamedInResourceNames() {
    for (DigestFunction function : DigestFunction.values()) {
      assertThat(function.resourceNamePart())
          .isEqualTo(function == DigestFunction.BLAKE3 ? "blake3" : "");
    }
  }
}
