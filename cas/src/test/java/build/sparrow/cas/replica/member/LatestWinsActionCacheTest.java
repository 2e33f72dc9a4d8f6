package build.sparrow.cas.replica.member;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.InMemoryActionCache;
import build.sparrow.cas.replica.Stamps;
import build.sparrow.cas.replica.call.Stamp;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import org.junit.jupiter.api.Test;

class LatestWinsActionCacheTest {
  private static final ActionKey KEY =
      new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));

  private final LatestWinsActionCache cache = new LatestWinsActionCache(new InMemoryActionCache());

  private static ActionResult result(int exitCode, long millis, long draw) {
    return Stamps.stamped(
        ActionResult.newBuilder().setExitCode(exitCode).build(), new Stamp(millis, draw));
  }

  @Test
  void theLaterResultIsKept_inWhateverOrderTheyCome() throws Exception {
    cache.put(KEY, result(1, 10, 0));
    cache.put(KEY, result(2, 20, 0));
    cache.put(KEY, result(1, 10, 0));
    assertThat(cache.get(KEY)).contains(result(2, 20, 0));

    cache.put(KEY, result(3, 20, 1));
    cache.put(KEY, result(2, 20, 0));
    assertThat(cache.get(KEY)).contains(result(3, 20, 1));
  }

  @Test
  void aResultWithoutAStampIsOlderThanAnyWithOne() throws Exception {
    ActionResult bare = ActionResult.newBuilder().setExitCode(7).build();
    cache.put(KEY, bare);
    assertThat(cache.get(KEY)).contains(bare);
    cache.put(KEY, result(1, 10, 0));
    cache.put(KEY, bare);

    assertThat(cache.get(KEY)).contains(result(1, 10, 0));
  }

  @Test
  void aStampLeavesNoTrace() {
    ActionResult bare = ActionResult.newBuilder().setExitCode(7).build();

    assertThat(Stamps.without(result(7, 10, 3))).isEqualTo(bare);
    assertThat(Stamps.of(result(7, 10, 3))).isEqualTo(new Stamp(10, 3));
    assertThat(Stamps.without(bare)).isSameAs(bare);
  }
}
