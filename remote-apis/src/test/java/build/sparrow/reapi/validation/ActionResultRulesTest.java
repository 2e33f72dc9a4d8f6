package build.sparrow.reapi.validation;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThatCode;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import com.google.protobuf.ByteString;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ActionResultRulesTest {
  private static final ByteString BYTES = ByteString.copyFromUtf8("content");
  private static final Digest BLOB = DigestFunction.SHA256.digestOf(BYTES);

  private static void check(Consumer<ActionResult.Builder> content) {
    ActionResult.Builder result = ActionResult.newBuilder();
    content.accept(result);
    ActionResultRules.check(result.build(), DigestFunction.SHA256);
  }

  private static void assertBroken(Consumer<ActionResult.Builder> content, String... parts) {
    assertRejected(() -> check(content), parts);
  }

  private static void file(ActionResult.Builder result, String path) {
    result.addOutputFilesBuilder().setPath(path).setDigest(BLOB.toProto());
  }

  private static void symlink(ActionResult.Builder result, String path, String target) {
    result.addOutputSymlinksBuilder().setPath(path).setTarget(target);
  }

  @Test
  void anOrdinaryResultIsValid() {
    assertThatCode(
            () ->
                check(
                    r -> {
                      file(r, "out/a");
                      r.addOutputFilesBuilder()
                          .setPath("out/inlined")
                          .setDigest(BLOB.toProto())
                          .setContents(BYTES);
                      file(r, "out/tree/nested");
                      r.addOutputDirectoriesBuilder()
                          .setPath("out/tree")
                          .setTreeDigest(BLOB.toProto());
                      r.addOutputDirectoriesBuilder()
                          .setPath("")
                          .setRootDirectoryDigest(BLOB.toProto());
                      symlink(r, "out/link", "../a");
                      symlink(r, "out/absolute", "/usr/bin/cc");
                      // Once more for clients before 2.1.
                      r.addOutputFileSymlinksBuilder().setPath("out/link").setTarget("../a");
                      r.setStdoutRaw(BYTES).setStdoutDigest(BLOB.toProto());
                      r.setStderrRaw(BYTES);
                    }))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(r -> r.setExitCode(1))).doesNotThrowAnyException();
  }

  @Test
  void pathsThatLeaveTheWorkingDirectoryAreRefused_inEachList() {
    String message = "output path '../x' leaves the working directory";

    assertBroken(r -> file(r, "../x"), message);
    assertBroken(
        r -> r.addOutputDirectoriesBuilder().setPath("../x").setTreeDigest(BLOB.toProto()),
        message);
    assertBroken(r -> symlink(r, "../x", "a"), message);
    assertBroken(r -> r.addOutputFileSymlinksBuilder().setPath("../x").setTarget("a"), message);
    assertBroken(
        r -> r.addOutputDirectorySymlinksBuilder().setPath("../x").setTarget("a"), message);
    assertBroken(r -> file(r, "/etc/passwd"), "'/etc/passwd'", "absolute");
    assertBroken(r -> file(r, "a/../.."), "leaves the working directory");
    assertBroken(r -> file(r, ""), "empty");
    assertBroken(r -> file(r, "."), "working directory itself");
  }

  @Test
  void symlinkTargetsThatLeaveTheWorkingDirectoryAreRefused() {
    assertBroken(
        r -> symlink(r, "a/l", "../../.ssh/authorized_keys"),
        "target '../../.ssh/authorized_keys' of output symlink 'a/l'",
        "leaves the working directory");
    assertBroken(r -> symlink(r, "l", ""), "target '' of output symlink 'l'", "empty");
    assertBroken(
        r -> r.addOutputFileSymlinksBuilder().setPath("l").setTarget(".."), "leaves the working");
  }

  @Test
  void anOutputBeneathAnotherThatIsNoDirectoryIsRefused() {
    assertBroken(
        r -> {
          symlink(r, "a", "/etc");
          file(r, "a/b/passwd");
        },
        "output path 'a/b/passwd' lies beneath output 'a', which is not a directory");
    assertBroken(
        r -> {
          file(r, "a");
          file(r, "a/b");
        },
        "lies beneath");
    assertBroken(
        r -> {
          r.addOutputDirectorySymlinksBuilder().setPath("a").setTarget("/etc");
          file(r, "a/passwd");
        },
        "lies beneath");
  }

  @Test
  void aPathTwiceIsRefused_howeverItIsWritten() {
    assertBroken(
        r -> {
          file(r, "a/b");
          file(r, "a/./b");
        },
        "output path 'a/b' occurs twice");
    assertBroken(
        r -> {
          file(r, "a");
          symlink(r, "a", "b");
        },
        "output path 'a' occurs twice");
  }

  @Test
  void invalidDigestsAreRefused() {
    assertBroken(
        r -> r.addOutputFilesBuilder().setPath("a"), "output 'a' digest.hash is \"\"", "SHA256");
    assertBroken(
        r -> r.addOutputDirectoriesBuilder().setPath("a"),
        "output directory 'a' has neither tree_digest nor root_directory_digest");
    assertBroken(
        r -> r.addOutputDirectoriesBuilder().setPath("a").getTreeDigestBuilder().setHash("x"),
        "output 'a' tree_digest.hash is \"x\"");
    assertBroken(
        r ->
            r.addOutputDirectoriesBuilder()
                .setPath("a")
                .getRootDirectoryDigestBuilder()
                .setHash("x"),
        "output 'a' root_directory_digest.hash is \"x\"");
    assertBroken(r -> r.getStdoutDigestBuilder().setHash("x"), "stdout_digest.hash is \"x\"");
    assertBroken(r -> r.getStderrDigestBuilder().setHash("x"), "stderr_digest.hash is \"x\"");
  }

  @Test
  void inlinedBytesThatAreNotThoseOfTheDigestAreRefused() {
    ByteString other = ByteString.copyFromUtf8("another");

    assertBroken(
        r -> r.addOutputFilesBuilder().setPath("a").setDigest(BLOB.toProto()).setContents(other),
        "output 'a' contents has SHA256 " + DigestFunction.SHA256.digestOf(other),
        "while " + BLOB + " was given");
    assertBroken(r -> r.setStdoutRaw(other).setStdoutDigest(BLOB.toProto()), "stdout_raw");
    assertBroken(r -> r.setStderrRaw(other).setStderrDigest(BLOB.toProto()), "stderr_raw");
  }
}
