package build.sparrow.cas.file;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileActionCacheTest {
  private static final int BLOCK = 4096;

  @TempDir Path folder;
  private final ManualStoreClock clock = new ManualStoreClock();
  private FileActionCache cache;

  @BeforeEach
  void open() throws IOException {
    cache = open(1 << 20);
  }

  private FileActionCache open(long capacityBytes) throws IOException {
    return FileActionCache.open(folder, capacityBytes, clock, FileCreator.system());
  }

  @AfterEach
  void close() throws IOException {
    cache.close();
  }

  private static ActionKey key(String action) {
    return new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text(action)));
  }

  private static ActionResult result(String stdout) {
    return ActionResult.newBuilder().setStdoutRaw(text(stdout)).build();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("lock")).toList();
    }
  }

  @Test
  void theLastPutWins_alsoAfterARestart() throws Exception {
    assertThat(cache.get(key("a"))).isEmpty();
    cache.put(key("a"), result("first"));
    cache.put(key("a"), result("second"));
    cache.put(key("b"), ActionResult.getDefaultInstance());

    assertThat(cache.get(key("a"))).contains(result("second"));
    cache.close();
    cache = open(1 << 20);
    assertThat(cache.get(key("a"))).contains(result("second"));
    assertThat(cache.get(key("b"))).contains(ActionResult.getDefaultInstance());
    assertThat(cache.usage().usedBytes()).isEqualTo(2 * BLOCK);
    assertThat(files()).hasSize(2);
  }

  @Test
  void resultsAreSeenInTheirNamespaceOnly() throws Exception {
    ActionKey other =
        new ActionKey(new InstanceName("other"), DigestFunction.SHA256, key("a").action());
    cache.put(key("a"), result("a"));

    assertThat(cache.get(other)).isEmpty();
  }

  @Test
  void everyActionWithAResultIsNamed_inTheNamespacesThatAreAskedFor() throws Exception {
    ActionKey other =
        new ActionKey(new InstanceName("other"), DigestFunction.SHA256, key("b").action());
    cache.put(key("a"), result("a"));
    cache.put(other, result("other"));
    Set<Digest> named = new HashSet<>();

    cache.list(List.of(BlobScope.of(key("a"))), (_, action) -> named.add(action));

    assertThat(named).containsExactly(key("a").action());
  }

  @Test
  void leastRecentlyUsedGoesFirst() throws Exception {
    cache.close();
    cache = open(2 * BLOCK);
    cache.put(key("a"), result("a"));
    clock.advance(Duration.ofSeconds(1));
    cache.put(key("b"), result("b"));
    clock.advance(Duration.ofSeconds(1));
    assertThat(cache.get(key("a"))).isPresent();

    cache.put(key("c"), result("c"));

    assertThat(cache.get(key("b"))).isEmpty();
    assertThat(cache.get(key("a"))).isPresent();
    assertThat(cache.get(key("c"))).isPresent();
    assertThat(files()).hasSize(2);
  }

  @Test
  void aCorruptFileIsAMiss_andIsDeleted() throws Exception {
    cache.put(key("flipped"), result("some text that is long enough"));
    flipLastByte(files().getFirst());
    assertThat(cache.get(key("flipped"))).isEmpty();

    cache.put(key("cut"), result("some text that is long enough"));
    Files.write(files().getFirst(), new byte[3]);
    assertThat(cache.get(key("cut"))).isEmpty();

    cache.put(key("cut"), result("some text that is long enough"));
    Files.write(files().getFirst(), new byte[3]);
    cache.close();
    cache = open(1 << 20);
    assertThat(cache.get(key("cut"))).isEmpty();
    assertThat(files()).isEmpty();
    assertThat(cache.usage().usedBytes()).isZero();
  }

  private static void flipLastByte(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aResultThatCouldNotBeSentIsRefused() {
    ActionResult huge =
        ActionResult.newBuilder()
            .setStdoutRaw(ByteString.copyFrom(new byte[FileActionCache.MAX_RESULT_BYTES]))
            .build();

    assertThatThrownBy(() -> cache.put(key("huge"), huge))
        .isInstanceOf(InvalidActionResultException.class)
        .hasMessageContaining("at most 4194304 are kept");
  }
}
