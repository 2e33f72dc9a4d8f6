package build.sparrow.reapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class Utf8OrderTest {
  @Test
  void namesCompareAsTheirBytesDo() {
    List<String> names =
        List.of(
            "",
            "a",
            "ab",
            "a.b",
            "b",
            "B",
            "é",
            "ÿ",
            "ࠀ",
            "\ud7ff",
            "\ue000",
            "\uffff",
            "\ud800\udc00",
            "\udbff\udfff",
            "a\ud83d\ude00",
            "a\uff5e",
            "a\ud83d\ude00b");

    for (String left : names) {
      for (String right : names) {
        int expected = Arrays.compareUnsigned(left.getBytes(UTF_8), right.getBytes(UTF_8));
        assertThat(Integer.signum(Utf8Order.INSTANCE.compare(left, right)))
            .as("%s against %s", left, right)
            .isEqualTo(Integer.signum(expected));
      }
    }
  }
}
