package build.sparrow.cas.replica.member;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScopeBookTest {
  private static final BlobScope ROOT = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);
  private static final BlobScope TEAM =
      new BlobScope(new InstanceName("team a/ünï %2f"), DigestFunction.BLAKE3);

  @TempDir Path folder;

  @Test
  void namespacesAreKnownAfterARestart_whateverTheirName() throws Exception {
    Path file = folder.resolve("namespaces");
    try (ScopeBook book = ScopeBook.open(file)) {
      book.note(ROOT);
      book.note(TEAM);
      book.note(ROOT);
    }
    Files.writeString(file, "SHA256 cut-sho", StandardOpenOption.APPEND);

    try (ScopeBook book = ScopeBook.open(file)) {
      assertThat(book.scopes()).containsExactlyInAnyOrder(ROOT, TEAM);
    }
    assertThat(Files.readAllLines(file)).hasSize(2);
  }
}
