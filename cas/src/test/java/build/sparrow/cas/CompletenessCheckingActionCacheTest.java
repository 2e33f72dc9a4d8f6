package build.sparrow.cas;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompletenessCheckingActionCacheTest {
  private static final ActionKey KEY =
      new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));

  private final List<Collection<Digest>> questions = new ArrayList<>();
  private final InMemoryBlobStore store =
      new InMemoryBlobStore() {
        @Override
        public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests)
            throws IOException {
          questions.add(List.copyOf(digests));
          return super.findMissing(scope, digests);
        }
      };
  private final ActionCache cache =
      new CompletenessCheckingActionCache(new InMemoryActionCache(), store, Restorer.NONE);

  private final Digest file = store.add(text("file"));
  private final Digest stdout = store.add(text("stdout"));
  private final Digest stderr = store.add(text("stderr"));
  private final Digest inRoot = store.add(text("in root"));
  private final Digest inChild = store.add(text("in child"));
  private final Directory child = directory("deep", inChild).build();
  private final Digest childBlob = store.add(child.toByteString());
  private final Directory root =
      directory("flat", inRoot)
          .addDirectories(
              DirectoryNode.newBuilder().setName("child").setDigest(childBlob.toProto()))
          .build();
  private final Digest rootBlob = store.add(root.toByteString());
  private final Digest tree =
      store.add(Tree.newBuilder().setRoot(root).addChildren(child).build().toByteString());

  private static Directory.Builder directory(String name, Digest file) {
    return Directory.newBuilder()
        .addFiles(FileNode.newBuilder().setName(name).setDigest(file.toProto()));
  }

  private ActionResult.Builder result() {
    return ActionResult.newBuilder()
        .addOutputFiles(OutputFile.newBuilder().setPath("out").setDigest(file.toProto()))
        .setStdoutDigest(stdout.toProto())
        .setStderrDigest(stderr.toProto());
  }

  private ActionResult withTree() {
    return result()
        .addOutputDirectories(
            OutputDirectory.newBuilder().setPath("dir").setTreeDigest(tree.toProto()))
        .build();
  }

  private ActionResult withRoot() {
    return result()
        .addOutputDirectories(
            OutputDirectory.newBuilder().setPath("dir").setRootDirectoryDigest(rootBlob.toProto()))
        .build();
  }

  private ActionResult withTreeAndRoot() {
    return result()
        .addOutputDirectories(
            OutputDirectory.newBuilder()
                .setPath("dir")
                .setTreeDigest(tree.toProto())
                .setRootDirectoryDigest(rootBlob.toProto()))
        .build();
  }

  private boolean isHit(ActionResult result) throws IOException {
    cache.put(KEY, result);
    return cache.get(KEY).isPresent();
  }

  @Test
  void aResultIsReturned_whenAllThatItReferencesIsThere() throws Exception {
    cache.put(KEY, withTree());

    assertThat(cache.get(KEY)).contains(withTree());
    assertThat(questions).hasSize(1);
    assertThat(questions.getFirst())
        .containsExactlyInAnyOrder(file, stdout, stderr, tree, inRoot, inChild);
    assertThat(isHit(withRoot())).isTrue();
    assertThat(isHit(withTreeAndRoot())).isTrue();
    assertThat(questions.getLast())
        .containsExactlyInAnyOrder(
            file, stdout, stderr, tree, inRoot, inChild, rootBlob, childBlob);
    assertThat(isHit(ActionResult.getDefaultInstance())).isTrue();
  }

  @Test
  void aResultIsAMiss_whenAnythingItReferencesIsGone() throws Exception {
    for (Digest gone : List.of(file, stdout, stderr, tree, inRoot, inChild)) {
      assertThat(isHitWithout(gone, withTree())).as("without %s", gone).isFalse();
    }
    for (Digest gone : List.of(file, inRoot, inChild, rootBlob, childBlob)) {
      assertThat(isHitWithout(gone, withRoot())).as("without %s", gone).isFalse();
      assertThat(isHitWithout(gone, withTreeAndRoot())).as("without %s", gone).isFalse();
    }
    // A Tree holds its directories, so they need not be blobs of their own.
    assertThat(isHitWithout(childBlob, withTree())).isTrue();
    assertThat(isHitWithout(rootBlob, withTree())).isTrue();
    assertThat(isHit(withTree())).isTrue();
  }

  private boolean isHitWithout(Digest gone, ActionResult result) throws IOException {
    var blob = store.readAll(SampleBlobs.SCOPE, List.of(gone)).get(gone);
    store.remove(gone);
    boolean hit = isHit(result);
    assertThat(blob).isNotNull();
    store.add(Objects.requireNonNull(blob));
    return hit;
  }

  @Test
  void aMalformedTreeIsAMiss() throws Exception {
    Digest garbage = store.add(text("\u0001\u0002 no message"));
    Digest wrongInside =
        store.add(
            Tree.newBuilder()
                .setRoot(
                    Directory.newBuilder()
                        .addFiles(
                            FileNode.newBuilder()
                                .setName("f")
                                .setDigest(unknown(5).toProto().toBuilder().setHash("xyz"))))
                .build()
                .toByteString());
    for (Digest digest : List.of(garbage, wrongInside)) {
      OutputDirectory.Builder byTree =
          OutputDirectory.newBuilder().setPath("dir").setTreeDigest(digest.toProto());
      assertThat(isHit(result().addOutputDirectories(byTree).build())).isFalse();
    }
    OutputDirectory.Builder byRoot =
        OutputDirectory.newBuilder().setPath("dir").setRootDirectoryDigest(garbage.toProto());
    assertThat(isHit(result().addOutputDirectories(byRoot).build())).isFalse();
    OutputDirectory.Builder tooLarge =
        OutputDirectory.newBuilder()
            .setPath("dir")
            .setTreeDigest(unknown(ReferencedBlobs.MAX_TREE_BYTES + 1L).toProto());
    assertThat(isHit(result().addOutputDirectories(tooLarge).build())).isFalse();
  }

  @Test
  void whatIsNotInTheCacheIsAMiss() throws Exception {
    assertThat(cache.get(KEY)).isEmpty();
    assertThat(questions).isEmpty();
  }
}
