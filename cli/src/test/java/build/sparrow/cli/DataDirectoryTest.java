package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {
  @TempDir Path folder;

  @Test
  void secondFarmIsRefused_untilTheFirstHasEnded() throws Exception {
    Path path = folder.resolve("a/b");
    try (DataDirectory first = DataDirectory.open(path)) {
      assertThat(first.path()).isDirectory();
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(CommandFailure.class)
          .hasMessage(
              "Data directory %s is in use by process %d; stop it or choose another with --data-dir"
                  .formatted(path, ProcessHandle.current().pid()));
    }

    DataDirectory.open(path).close();
  }

  @Test
  void fileInThePlaceOfADirectoryIsToldAsSuch() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(CommandFailure.class)
        .hasMessage(
            "Data directory %s cannot be used: %s is not a directory; choose another with --data-dir"
                .formatted(file, file));
    assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
        .hasMessageContaining("cannot be used")
        .hasMessageContaining("choose another with --data-dir");
  }
}
