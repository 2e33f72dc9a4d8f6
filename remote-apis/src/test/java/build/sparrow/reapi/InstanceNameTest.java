package build.sparrow.reapi;

import static build.sparrow.reapi.RejectedArguments.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class InstanceNameTest {
  @Test
  void emptyAndSegmentedNamesAreValid() {
    assertThat(InstanceName.parse("")).isEqualTo(InstanceName.ROOT).hasToString("");
    assertThat(InstanceName.parse("main")).hasToString("main");
    assertThat(InstanceName.parse("team/project-1/main")).hasToString("team/project-1/main");
    assertThat(InstanceName.parse("a".repeat(255)).value()).hasSize(255);
  }

  @Test
  void malformedNamesAreRefusedWithTheirValue() {
    assertRejected(() -> InstanceName.parse("a//b"), "instance_name is \"a//b\"", "empty segment");
    assertRejected(() -> InstanceName.parse("/a"), "empty segment");
    assertRejected(() -> InstanceName.parse("a/"), "empty segment");
    assertRejected(() -> InstanceName.parse("a\0b"), "\"a\\u0000b\"", "control characters");
    assertRejected(() -> InstanceName.parse("a".repeat(256)), "256 characters", "255");
  }

  @Test
  void keywordsOfResourceNamesAreRefused() {
    for (String keyword :
        new String[] {
          "blobs",
          "uploads",
          "actions",
          "actionResults",
          "operations",
          "capabilities",
          "compressed-blobs"
        }) {
      assertRejected(() -> InstanceName.parse("a/" + keyword), "\"" + keyword + "\"", "keyword");
    }
  }

  @Test
  void aMalformedNameCannotBeMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> new InstanceName("a/blobs"));
  }
}
