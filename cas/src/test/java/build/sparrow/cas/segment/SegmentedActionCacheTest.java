package build.sparrow.cas.segment;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.disk.ManualStoreClock;
import build.sparrow.cas.disk.SimulatedDisk;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class SegmentedActionCacheTest {
  private static final int CAPACITY_BYTES = 2 << 20;

  @TempDir Path folder;
  private final SimulatedDisk disk = new SimulatedDisk();
  private final ManualStoreClock clock = new ManualStoreClock();
  private SegmentStore segments;
  private SegmentedActionCache cache;

  @BeforeEach
  void open() throws IOException {
    segments =
        SegmentStore.open(
            disk,
            folder,
            clock,
            new SegmentStore.Options(CAPACITY_BYTES, Duration.ZERO, Durability.GROUPED));
    cache = new SegmentedActionCache(segments, () -> {});
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

  private static ActionResult result(long seed, int sizeBytes) {
    return ActionResult.newBuilder().setStdoutRaw(random(seed, sizeBytes)).build();
  }

  @Test
  void theLastPutWins_alsoAfterARestart() throws Exception {
    assertThat(cache.get(key("a"))).isEmpty();
    cache.put(key("a"), result("first"));
    cache.put(key("a"), result("second"));
    cache.put(key("b"), ActionResult.getDefaultInstance());

    for (int round = 0; round < 2; round++) {
      assertThat(cache.get(key("a"))).contains(result("second"));
      assertThat(cache.get(key("b"))).contains(ActionResult.getDefaultInstance());
      assertThat(cache.usage().entries()).isEqualTo(2);
      cache.close();
      open();
    }
  }

  @Test
  void theLastPutWins_ofAnySize_throughCrashesAndEvictions() throws Exception {
    Map<ActionKey, ActionResult> last = new HashMap<>();
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      for (int step = 0; step < 400; step++) {
        clock.advance(Duration.ofSeconds(random.nextInt(30)));
        ActionKey key = key("action " + random.nextInt(20));
        if (random.nextInt(60) == 0) {
          segments.release();
          open();
        } else if (random.nextInt(3) > 0) {
          ActionResult result = result(random.nextLong(), 1 << random.nextInt(17));
          cache.put(key, result);
          last.put(key, result);
        } else {
          ActionResult expected = last.getOrDefault(key, ActionResult.getDefaultInstance());
          assertThat(cache.get(key).orElse(expected))
              .as("seed %d, %d", seed, step)
              .isEqualTo(expected);
        }
      }
    }
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
    cache.put(key("a"), result("first"));
    cache.put(key("a"), result("second"));
    cache.put(other, result("other"));
    Set<Digest> named = new HashSet<>();

    cache.list(List.of(BlobScope.of(key("a"))), (_, action) -> named.add(action));

    assertThat(named).containsExactly(key("a").action());
  }

  @Test
  void whatIsUsedOutlivesWhatIsNot() throws Exception {
    cache.put(key("used"), result("used"));
    cache.put(key("unused"), result("unused"));

    for (int i = 0; i < 300; i++) {
      clock.advance(Duration.ofMinutes(10));
      assertThat(cache.get(key("used"))).as("after %d", i).isPresent();
      cache.put(key("filler " + i), result(i, 10_000));
      segments.sync();
    }

    assertThat(cache.get(key("unused"))).isEmpty();
    assertThat(cache.usage().evictedEntries()).isPositive();
    assertThat(cache.usage().usedBytes()).isLessThanOrEqualTo(CAPACITY_BYTES);
    assertThat(cache.usage().retention()).isGreaterThan(Duration.ofHours(1));
  }

  @Test
  void aCorruptResultIsAMiss() throws Exception {
    cache.put(key("a"), result("some text that is long enough"));
    for (Path file : disk.files()) {
      byte[] bytes = disk.bytes(file);
      int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("long");
      if (at > 0) {
        bytes[at] ^= 1;
        disk.damage(file, bytes);
      }
    }

    assertThat(cache.get(key("a"))).isEmpty();
    assertThat(cache.usage().corruptEntries()).isEqualTo(1);
    assertThat(cache.usage().entries()).isZero();
  }

  @Test
  void aResultThatCouldNotBeSentIsRefused() {
    ActionResult huge =
        ActionResult.newBuilder()
            .setStdoutRaw(ByteString.copyFrom(new byte[SegmentedActionCache.MAX_RESULT_BYTES]))
            .build();

    assertThatThrownBy(() -> cache.put(key("huge"), huge))
        .isInstanceOf(InvalidActionResultException.class)
        .hasMessageContaining("at most 4194304 are kept");
  }
}
