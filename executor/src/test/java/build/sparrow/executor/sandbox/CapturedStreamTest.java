package build.sparrow.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CapturedStreamTest {
  private static final CapturedStream.Limits SMALL = new CapturedStream.Limits(4, 10, 5);

  @TempDir Path directory;

  @Test
  void littleOutputStaysInMemory() throws IOException {
    CapturedStream stream = write("ab", "cd");

    assertThat(stream.content())
        .isEqualTo(new CapturedStream.InMemory(ByteString.copyFromUtf8("abcd")));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void moreThanMemoryTakesGoesToTheFileWhole() throws IOException {
    CapturedStream stream = write("abc", "defg", "hij");

    assertThat(stream.content()).isEqualTo(new CapturedStream.InFile(file(), 10));
    assertThat(file()).hasContent("abcdefghij");
  }

  @Test
  void whatFitsIntoHeadAndTailIsKeptWhole() throws IOException {
    write("0123456789", "abcde");

    assertThat(file()).hasContent("0123456789abcde");
  }

  @Test
  void aMarkerStandsForWhatIsLeftOut_howeverTheOutputArrives() throws IOException {
    String expected =
        "0123456789"
            + "\n[sparrow: of 21 bytes written here, 6 are left out in this place;"
            + " the first 10 and the last 5 are kept]\n"
            + "ghijk";

    write("0123456789abcdefghijk");
    assertThat(file()).hasContent(expected);
    write("01234567", "89abc", "defg", "hi", "jk");
    assertThat(file()).hasContent(expected);
    write("0123456789abcdefghijk".split("", -1));
    assertThat(file()).hasContent(expected);
  }

  @Test
  void headMarkerAndTailFitInto33Mebibytes() throws IOException {
    CapturedStream stream = new CapturedStream(file());
    byte[] chunk = new byte[1 << 20];
    for (int i = 0; i < 40; i++) {
      stream.write(chunk, chunk.length);
    }
    stream.finish();

    assertThat(file().toFile().length()).isBetween(32L << 20, 33L << 20);
  }

  @Test
  void closingRemovesTheFile() throws IOException {
    CapturedStream stream = write("0123456789");

    stream.close();

    assertThat(directory).isEmptyDirectory();
  }

  private Path file() {
    return directory.resolve("out");
  }

  private CapturedStream write(String... pieces) throws IOException {
    CapturedStream stream = new CapturedStream(file(), SMALL);
    for (String piece : pieces) {
      byte[] bytes = piece.getBytes(StandardCharsets.US_ASCII);
      stream.write(bytes, bytes.length);
    }
    stream.finish();
    return stream;
  }
}
