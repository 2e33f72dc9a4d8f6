package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import org.junit.jupiter.api.Test;

class ValidatingActionCacheTest {
  private static final ActionKey KEY =
      new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));

  private final InMemoryActionCache base = new InMemoryActionCache();
  private final ActionCache cache = new ValidatingActionCache(base);

  private static ActionResult resultAt(String path) {
    return ActionResult.newBuilder()
        .addOutputFiles(
            OutputFile.newBuilder().setPath(path).setDigest(digestOf(text("x")).toProto()))
        .build();
  }

  @Test
  void aValidResultPasses() throws Exception {
    cache.put(KEY, resultAt("out/x"));

    assertThat(cache.get(KEY)).contains(resultAt("out/x"));
  }

  @Test
  void aResultThatLeadsOutIsNotStored() {
    assertThatThrownBy(() -> cache.put(KEY, resultAt("../x")))
        .isInstanceOf(InvalidActionResultException.class)
        .hasMessageContaining("The result of action " + KEY + " is not valid")
        .hasMessageContaining("../x");
    assertThat(base.get(KEY)).isEmpty();
  }

  @Test
  void aResultThatLeadsOutIsAMiss_howeverItGotThere() throws Exception {
    base.put(KEY, resultAt("/etc/passwd"));

    assertThat(cache.get(KEY)).isEmpty();
  }
}
