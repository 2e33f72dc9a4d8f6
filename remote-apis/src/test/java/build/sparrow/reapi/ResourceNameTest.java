package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import build.sparrow.reapi.ResourceName.ReadName;
import build.sparrow.reapi.ResourceName.WriteName;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ResourceNameTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final String EMPTY_HASH = DigestFunction.SHA256.emptyDigest().hash();
  private static final String UUID_TEXT = "6f1c0f3e-58a4-4c1f-9d3b-0a7b1c2d3e4f";
  private static final UUID UPLOAD = UUID.fromString(UUID_TEXT);

  private static final List<InstanceName> INSTANCES =
      List.of(InstanceName.ROOT, new InstanceName("main"), new InstanceName("a/b-c/d.e"));

  private enum Call {
    READ,
    WRITE
  }

  /** A malformed name, and what the message must say beside the name itself. */
  private record Malformed(Call call, String name, List<String> parts) {}

  private static Malformed read(String name, String... parts) {
    return new Malformed(Call.READ, name, List.of(parts));
  }

  private static Malformed write(String name, String... parts) {
    return new Malformed(Call.WRITE, name, List.of(parts));
  }

  private static final List<Malformed> MALFORMED =
      List.of(
          read("", "it is empty"),
          read("/", "empty segment"),
          read("main", "expected [{instance}/]blobs/"),
          read("blobs", "ends too early"),
          read("blobs/" + HASH, "ends too early"),
          read("blobs/blake3", "ends too early"),
          read("/blobs/" + HASH + "/3", "empty segment"),
          read("main//blobs/" + HASH + "/3", "empty segment"),
          read("blobs//" + HASH + "/3", "empty segment"),
          read("blobs/" + HASH + "//3", "empty segment"),
          read("blobs/" + HASH + "/3/", "empty segment"),
          read("operations/blobs/" + HASH + "/3", "\"operations\""),
          read("a/actions/blobs/" + HASH + "/3", "\"actions\""),
          read("actionResults/" + HASH + "/3", "\"actionResults\""),
          read("blobs/blobs/" + HASH + "/3", "hash is \"blobs\""),
          read("uploads/" + UUID_TEXT + "/blobs/" + HASH + "/3", "\"uploads\""),
          read("a\u0007b/blobs/" + HASH + "/3", "control characters"),
          read("i".repeat(256) + "/blobs/" + HASH + "/3", "256 characters"),
          read("i/".repeat(2048) + "blobs/" + HASH + "/3", "at most 4096"),
          read("blobs/XYZ/3", "hash is \"XYZ\"", "expected a hash of SHA256"),
          read("blobs/" + "X".repeat(64) + "/3", "lower-case", "for SHA256"),
          read("blobs/" + HASH.replace('a', 'A') + "/3", "lower-case"),
          read("blobs/" + HASH + "ab/3", "hash is \"" + HASH + "ab\""),
          read("blobs/" + HASH.substring(1) + "/3", "expected a hash of"),
          read("blobs/" + HASH.substring(24) + "g/3", "expected a hash of"),
          read("blobs/sha256/" + HASH + "/3", "\"sha256\": leave it out"),
          read("blobs/BLAKE3/" + HASH + "/3", "\"BLAKE3\"", "write blake3"),
          read("blobs/gitsha1/" + HASH + "/3", "function or hash is \"gitsha1\""),
          read("blobs/blake3/XYZ/3", "hash is \"XYZ\"", "for BLAKE3"),
          read("blobs/blake3/" + HASH.substring(24) + "/3", "for BLAKE3"),
          read("blobs/" + HASH + "/x", "size is \"x\"", "decimal number"),
          read("blobs/" + HASH + "/-1", "size is \"-1\""),
          read("blobs/" + HASH + "/+3", "size is \"+3\""),
          read("blobs/" + HASH + "/03", "size is \"03\""),
          read("blobs/" + HASH + "/3.0", "size is \"3.0\""),
          read("blobs/" + HASH + "/\u0663", "decimal number"),
          read("blobs/" + HASH + "/9223372036854775808", "at most 92233"),
          read("blobs/" + HASH + "/99999999999999999999", "decimal number"),
          read("blobs/" + HASH + "/0", "size_bytes is 0", EMPTY_HASH),
          read("blobs/" + EMPTY_HASH + "/1", "size_bytes is 1", EMPTY_HASH),
          read("compressed-blobs/" + HASH + "/3", "supports zstd"),
          read("compressed-blobs/ZSTD/" + HASH + "/3", "compressor is \"ZSTD\""),
          read("compressed-blobs/deflate/" + HASH + "/3", "\"deflate\"", "zstd"),
          read("compressed-blobs/identity/" + HASH + "/3", "\"identity\""),
          read("compressed-blobs/zstd", "ends too early"),
          write("", "it is empty"),
          write("blobs/" + HASH + "/3", "where uploads belongs"),
          write("main/uploads", "ends too early"),
          write("uploads/" + UUID_TEXT, "ends too early"),
          write("uploads/blobs/" + HASH + "/3", "uuid is \"blobs\""),
          write("uploads/1-1-1-1-1/blobs/" + HASH + "/3", "8-4-4-4-12"),
          write("uploads/" + UUID_TEXT + "0/blobs/" + HASH + "/3", "uuid is"),
          write("uploads/" + UUID_TEXT + "/" + HASH + "/3", "where blobs or"),
          write("uploads/" + UUID_TEXT + "/a/blobs/" + HASH + "/3", "\"a\""),
          write("uploads/" + UUID_TEXT + "/blobs/" + HASH, "ends too early"),
          write(
              "uploads/" + UUID_TEXT + "/compressed-blobs/brotli/" + HASH + "/3",
              "compressor is \"brotli\": this farm supports zstd"));

  @TestFactory
  Stream<DynamicTest> aMalformedNameIsRefusedWithFieldAndValue() {
    return MALFORMED.stream()
        .map(
            row ->
                dynamicTest(
                    row.call() + " " + row.name(),
                    () -> {
                      String start = ReapiStatus.quote(row.name());
                      String[] parts =
                          Stream.concat(Stream.of("resource_name " + start), row.parts().stream())
                              .toArray(String[]::new);
                      assertRejected(() -> parse(row), parts);
                    }));
  }

  private static ResourceName parse(Malformed row) {
    return switch (row.call()) {
      case READ -> ResourceName.parseRead(row.name());
      case WRITE -> ResourceName.parseWrite(row.name());
    };
  }

  @Test
  void everyNameSurvivesTheWire() {
    for (InstanceName instance : INSTANCES) {
      for (Compressor compressor : Compressor.values()) {
        for (DigestFunction function : DigestFunction.values()) {
          for (Digest digest :
              List.of(function.digestOf(new byte[] {1, 2, 3}), function.emptyDigest())) {
            ReadName read = new ReadName(instance, compressor, function, digest);
            WriteName write = new WriteName(instance, UPLOAD, compressor, function, digest);

            assertThat(ResourceName.parseRead(read.format())).isEqualTo(read);
            assertThat(ResourceName.parseWrite(write.format())).isEqualTo(write);
          }
        }
      }
    }
  }

  @Test
  void namesAreThoseOfTheProtocol() {
    Digest digest = new Digest(HASH, 3);
    InstanceName main = new InstanceName("main");

    assertThat(
            new ReadName(InstanceName.ROOT, Compressor.IDENTITY, DigestFunction.SHA256, digest)
                .format())
        .isEqualTo("blobs/" + HASH + "/3");
    assertThat(new ReadName(main, Compressor.ZSTD, DigestFunction.BLAKE3, digest).format())
        .isEqualTo("main/compressed-blobs/zstd/blake3/" + HASH + "/3");
    assertThat(
            new WriteName(main, UPLOAD, Compressor.IDENTITY, DigestFunction.SHA256, digest)
                .format())
        .isEqualTo("main/uploads/" + UUID_TEXT + "/blobs/" + HASH + "/3");
    assertThat(
            new WriteName(InstanceName.ROOT, UPLOAD, Compressor.ZSTD, DigestFunction.SHA256, digest)
                .format())
        .isEqualTo("uploads/" + UUID_TEXT + "/compressed-blobs/zstd/" + HASH + "/3");
  }

  @Test
  void whatFollowsTheSizeIsIgnored() {
    String write = "main/uploads/" + UUID_TEXT + "/blobs/" + HASH + "/3";

    assertThat(ResourceName.parseWrite(write + "/dir/blobs/file.o"))
        .isEqualTo(ResourceName.parseWrite(write));
    assertThat(ResourceName.parseRead("blobs/" + HASH + "/3/file.o"))
        .isEqualTo(ResourceName.parseRead("blobs/" + HASH + "/3"));
  }

  @Test
  void anUploadIsTheSame_whateverTheCaseOfItsUuid() {
    String upper = UUID_TEXT.toUpperCase(java.util.Locale.ROOT);

    assertThat(ResourceName.parseWrite("uploads/" + upper + "/blobs/" + HASH + "/3").uuid())
        .isEqualTo(UPLOAD);
  }

  @Test
  void compressorsThatTheFarmLacksAreRefusedInMessagesToo() {
    for (Compressor compressor : Compressor.values()) {
      assertThat(Compressor.parse(compressor.toProto(), "compressor")).isEqualTo(compressor);
    }
    assertRejected(
        () ->
            Compressor.parse(
                build.bazel.remote.execution.v2.Compressor.Value.BROTLI, "requests[0].compressor"),
        "requests[0].compressor is BROTLI: this farm supports IDENTITY and ZSTD");
  }
}
