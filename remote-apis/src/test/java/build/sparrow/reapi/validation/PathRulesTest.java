package build.sparrow.reapi.validation;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import org.junit.jupiter.api.Test;

class PathRulesTest {
  private static final String NAME_255 = "n".repeat(255);
  private static final String PATH_4095 = (NAME_255 + "/").repeat(15) + "n".repeat(255);

  @Test
  void ordinaryAndOddFileNamesAreValid() {
    for (String name :
        List.of("a", "...", ".hidden", "a b", "a\\b", "a\nb", "\ud83d\ude00", NAME_255)) {
      assertThatCode(() -> PathRules.checkFileName(name, "name")).doesNotThrowAnyException();
    }
  }

  @Test
  void namesThatWouldLeadElsewhereAreRefused() {
    assertRejected(
        () -> PathRules.checkFileName("..", "entry 3 name"),
        "entry 3 name '..' is not a valid file name");
    assertRejected(() -> PathRules.checkFileName(".", "name"), "name '.'");
    assertRejected(() -> PathRules.checkFileName("", "name"), "name ''", "empty");
    assertRejected(() -> PathRules.checkFileName("a/b", "name"), "'a/b'", "slash");
    assertRejected(() -> PathRules.checkFileName("a\0", "name"), "'a\\u0000'", "NUL");
    assertRejected(() -> PathRules.checkFileName("\ud83d", "name"), "Unicode");
  }

  @Test
  void aNameIsMeasuredInBytes() {
    assertRejected(() -> PathRules.checkFileName("é".repeat(128), "name"), "256 bytes", "255");
    assertRejected(() -> PathRules.checkFileName("\u20ac".repeat(86), "name"), "258 bytes");
    assertRejected(
        () -> PathRules.checkFileName("\ud83d\ude00".repeat(64), "name"), "256 bytes", "255");
  }

  @Test
  void aPathLeadsWhereItsSegmentsSay() {
    assertThat(PathRules.workingDirectory("")).isEmpty();
    assertThat(PathRules.workingDirectory("a/./b/../c")).isEqualTo("a/c");
    assertThat(PathRules.outputPath("", "bazel-out/bin/x.o")).isEqualTo("bazel-out/bin/x.o");
    assertThat(PathRules.outputPath("a/b", "../c")).isEqualTo("a/c");
    assertThat(PathRules.outputPath("a", "..")).isEmpty();
    assertThat(PathRules.outputPath("", PATH_4095)).isEqualTo(PATH_4095).hasSize(4095);
    assertThat(PathRules.outputDirectory("a/b", "")).isEqualTo("a/b");
    assertThat(PathRules.outputDirectory("a/b", "c")).isEqualTo("a/b/c");
  }

  @Test
  void pathsThatLeaveTheInputRootAreRefused() {
    assertRejected(
        () -> PathRules.outputPath("", "../.."), "output path '../..' leaves the input root");
    assertRejected(() -> PathRules.outputPath("", "a/../../a"), "leaves the input root");
    assertRejected(() -> PathRules.outputPath("a", "../../b"), "leaves the input root");
    assertRejected(
        () -> PathRules.outputDirectory("", ".."), "output directory '..' leaves the input root");
    assertRejected(
        () -> PathRules.workingDirectory("a/../.."),
        "working directory 'a/../..' leaves the input root");
  }

  @Test
  void malformedPathsAreRefused() {
    assertRejected(() -> PathRules.outputPath("", ""), "output path ''", "empty");
    assertRejected(() -> PathRules.outputPath("", "/a"), "'/a'", "absolute");
    assertRejected(() -> PathRules.outputPath("", "a/"), "ends with a slash");
    assertRejected(() -> PathRules.outputPath("", "a//b"), "empty segment");
    assertRejected(() -> PathRules.outputPath("", "a/\0"), "NUL");
    assertRejected(() -> PathRules.outputPath("", "a/\udc00/b"), "Unicode");
    assertRejected(() -> PathRules.outputPath("", "a/" + NAME_255 + "n"), "256 bytes", "255");
    assertRejected(() -> PathRules.outputPath("", "n/" + PATH_4095), "4097 bytes", "4095");
    assertRejected(() -> PathRules.outputPath("n", PATH_4095), "4097 bytes", "4095");
    assertRejected(() -> PathRules.workingDirectory("/a"), "working directory '/a'", "absolute");
  }
}
