package build.sparrow.reapi.validation;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThatCode;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.NodeProperties;
import build.bazel.remote.execution.v2.SymlinkNode;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DirectoryRulesTest {
  private static final Digest SELF = DigestFunction.SHA256.digestOf(new byte[] {1});
  private static final Digest CHILD = DigestFunction.SHA256.digestOf(new byte[] {2});

  private static Directory directory(Consumer<Directory.Builder> content) {
    Directory.Builder directory = Directory.newBuilder();
    content.accept(directory);
    return directory.build();
  }

  private static Directory files(String... names) {
    return directory(
        d -> {
          for (String name : names) {
            d.addFilesBuilder().setName(name).setDigest(CHILD.toProto());
          }
        });
  }

  private static void check(Directory directory) {
    DirectoryRules.check(SELF, DigestFunction.SHA256, directory);
  }

  private static void assertBroken(Directory directory, String... parts) {
    assertRejected(() -> check(directory), "directory " + SELF + ": ");
    assertRejected(() -> check(directory), parts);
  }

  @Test
  void aCanonicalDirectoryIsValid() {
    Directory canonical =
        directory(
            d -> {
              d.addFilesBuilder().setName("a").setDigest(CHILD.toProto());
              d.addFilesBuilder()
                  .setName("b")
                  .setDigest(DigestFunction.SHA256.emptyDigest().toProto());
              d.addDirectoriesBuilder().setName("A").setDigest(CHILD.toProto());
              d.addDirectoriesBuilder().setName("aa").setDigest(CHILD.toProto());
              d.addSymlinksBuilder().setName("0").setTarget("../../anything");
              d.addSymlinksBuilder().setName("ab").setTarget("/usr/bin/cc");
            });

    assertThatCode(() -> check(canonical)).doesNotThrowAnyException();
    assertThatCode(() -> check(Directory.getDefaultInstance())).doesNotThrowAnyException();
    // U+FF5E sorts before U+1F600 by UTF-8 bytes.
    assertThatCode(() -> check(files("\uff5e", "\ud83d\ude00"))).doesNotThrowAnyException();
  }

  @Test
  void invalidNamesAreRefused_inEachList() {
    assertBroken(files("0", "1", ".."), "files entry 3 name '..' is not a valid file name");
    assertBroken(files("a/b"), "files entry 1 name 'a/b' is not a valid file name");
    assertBroken(files(""), "files entry 1 name ''");
    assertBroken(files("x".repeat(256)), "256 bytes");
    assertBroken(
        directory(d -> d.addDirectoriesBuilder().setName(".").setDigest(CHILD.toProto())),
        "directories entry 1 name '.' is not a valid file name");
    assertBroken(
        directory(d -> d.addSymlinksBuilder().setName("a\0").setTarget("b")),
        "symlinks entry 1 name 'a\\u0000' is not a valid file name");
  }

  @Test
  void unsortedNamesAreRefused() {
    assertBroken(files("a", "c", "b"), "files entry 3 name 'b' stands after 'c'", "UTF-8");
    assertBroken(files("\ud83d\ude00", "\uff5e"), "files entry 2", "sorted");
  }

  @Test
  void aNameTwiceIsRefused_inOneListAndAcrossTwo() {
    assertBroken(files("a", "b", "b"), "name 'b' occurs twice");
    assertBroken(
        directory(
            d -> {
              d.addFilesBuilder().setName("a").setDigest(CHILD.toProto());
              d.addFilesBuilder().setName("m").setDigest(CHILD.toProto());
              d.addDirectoriesBuilder().setName("b").setDigest(CHILD.toProto());
              d.addDirectoriesBuilder().setName("m").setDigest(CHILD.toProto());
            }),
        "name 'm' occurs twice");
    assertBroken(
        directory(
            d -> {
              d.addDirectoriesBuilder().setName("m").setDigest(CHILD.toProto());
              d.addSymlinksBuilder().setName("a").setTarget("x");
              d.addSymlinksBuilder().setName("m").setTarget("x");
            }),
        "name 'm' occurs twice");
    assertBroken(
        directory(
            d -> {
              d.addFilesBuilder().setName("m").setDigest(CHILD.toProto());
              d.addSymlinksBuilder().setName("m").setTarget("x");
            }),
        "name 'm' occurs twice");
  }

  @Test
  void invalidDigestsAreRefused() {
    assertBroken(
        directory(d -> d.addFilesBuilder().setName("f")), "file 'f' digest.hash is \"\"", "SHA256");
    assertBroken(
        directory(d -> d.addDirectoriesBuilder().setName("d").getDigestBuilder().setHash("XYZ")),
        "directory 'd' digest.hash is \"XYZ\"");
  }

  @Test
  void symlinkTargetsThatNoSystemTakesAreRefused() {
    assertBroken(
        directory(d -> d.addSymlinksBuilder().setName("l")), "target '' of symlink 'l'", "empty");
    assertBroken(directory(d -> d.addSymlinksBuilder().setName("l").setTarget("a\0b")), "NUL");
    assertBroken(
        directory(d -> d.addSymlinksBuilder().setName("l").setTarget("t".repeat(4096))),
        "4096 bytes",
        "4095");
  }

  @Test
  void unsortedNodePropertiesAreRefused_whereverTheyAre() {
    NodeProperties.Builder unsorted = NodeProperties.newBuilder();
    unsorted.addPropertiesBuilder().setName("b");
    unsorted.addPropertiesBuilder().setName("a");
    String message = "node property 'a' of '%s' stands after 'b'";

    assertBroken(directory(d -> d.setNodeProperties(unsorted)), message.formatted("."));
    assertBroken(
        directory(
            d ->
                d.addFilesBuilder()
                    .setName("f")
                    .setDigest(CHILD.toProto())
                    .setNodeProperties(unsorted)),
        message.formatted("f"));
    assertBroken(
        directory(
            d -> d.addSymlinksBuilder().setName("l").setTarget("t").setNodeProperties(unsorted)),
        message.formatted("l"));
  }

  @Test
  void symlinksMayBeKeptInsideTheTree() {
    Directory up =
        directory(d -> d.addSymlinks(SymlinkNode.newBuilder().setName("l").setTarget("../x")));
    Directory absolute =
        directory(d -> d.addSymlinks(SymlinkNode.newBuilder().setName("l").setTarget("/x")));

    assertThatCode(() -> DirectoryRules.checkSymlinksStayInside(SELF, up, "a"))
        .doesNotThrowAnyException();
    assertRejected(
        () -> DirectoryRules.checkSymlinksStayInside(SELF, up, ""),
        "directory " + SELF + ": target '../x' of symlink 'l' leaves the input root");
    assertRejected(
        () -> DirectoryRules.checkSymlinksStayInside(SELF, absolute, "a"),
        "target '/x' of symlink 'l' leaves the input root");
  }
}
