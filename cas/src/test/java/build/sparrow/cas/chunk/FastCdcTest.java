package build.sparrow.cas.chunk;

import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FastCdcTest {
  /** With the masks of the reference code for an average of 16 KiB: 16 and 12 bits. */
  private static final FastCdc SMALL =
      new FastCdc(4_096, 16_384, 65_535, 0x0000d90303537000L, 0x0000d90103530000L);

  private static List<Integer> lengths(FastCdc cdc, ByteString blob) {
    byte[] rest = blob.toByteArray();
    List<Integer> lengths = new ArrayList<>();
    while (rest.length > 0) {
      int length = cdc.cut(rest, rest.length);
      lengths.add(length);
      rest = Arrays.copyOfRange(rest, length, rest.length);
    }
    return lengths;
  }

  /**
   * The same code, with these parameters, cuts the published test vectors as they are published.
   */
  @Test
  void cutsStayWhereTheyAre_asClientsCutThereToo() {
    assertThat(lengths(SMALL, random(1, 109_466)))
        .containsExactly(17_052, 28_765, 20_353, 19_159, 18_228, 5_909);
    assertThat(lengths(FastCdc.STANDARD, random(1, 5_000_001)))
        .containsExactly(
            246_119, 679_347, 594_087, 578_105, 693_700, 1_026_748, 561_354, 537_807, 82_734);
  }

  @Test
  void chunksAreWithinTheirBounds_whateverTheBytesAre() {
    ByteString zeros = ByteString.copyFrom(new byte[5 * FastCdc.MAX_BYTES + 1]);

    assertThat(lengths(FastCdc.STANDARD, zeros))
        .containsExactly(
            FastCdc.MAX_BYTES,
            FastCdc.MAX_BYTES,
            FastCdc.MAX_BYTES,
            FastCdc.MAX_BYTES,
            FastCdc.MAX_BYTES,
            1);
    for (int sizeBytes : List.of(1, FastCdc.MIN_BYTES, FastCdc.MIN_BYTES + 1)) {
      assertThat(lengths(FastCdc.STANDARD, random(2, sizeBytes))).containsExactly(sizeBytes);
    }
    assertThat(lengths(FastCdc.STANDARD, random(3, 50_000_000)).stream().mapToInt(l -> l).average())
        .hasValueCloseTo(550_000.0, Offset.offset(150_000.0));
  }

  @Test
  void aStreamIsCutAsTheWholeIs() throws IOException {
    ByteString blob = random(4, 7_000_000);
    List<Integer> lengths = new ArrayList<>();
    ByteString joined = ByteString.EMPTY;

    try (BlobChunks chunks = new BlobChunks(blob.newInput())) {
      for (ByteString chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
        lengths.add(chunk.size());
        joined = joined.concat(chunk);
      }
    }

    assertThat(joined).isEqualTo(blob);
    assertThat(lengths).isEqualTo(lengths(FastCdc.STANDARD, blob));
  }
}
