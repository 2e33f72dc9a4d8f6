package build.sparrow.frontend.admission;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

final class InputTreeWalkTest {
  private static final BlobScope SCOPE = new BlobScope(InstanceName.ROOT, DigestFunction.SHA256);

  private final InMemoryBlobStore blobs = new InMemoryBlobStore();
  private final SubtreeCache cache = new SubtreeCache(1 << 20, Duration.ofHours(1), () -> 0);
  private final Semaphore largeTrees = new Semaphore(1);

  private Digest store(Directory directory) {
    Digest digest = DigestFunction.SHA256.digestOf(directory.toByteString());
    blobs.blobs.put(digest, directory.toByteString());
    return digest;
  }

  /** A chain of directories with that many files each. */
  private Digest chain(int levels, int files) {
    Digest below = DigestFunction.SHA256.emptyDigest();
    for (int level = 0; level < levels; level++) {
      Directory.Builder directory = Directory.newBuilder();
      for (int i = 0; i < files; i++) {
        directory.addFiles(
            FileNode.newBuilder()
                .setName("f%06d".formatted(i))
                .setDigest(DigestFunction.SHA256.emptyDigest().toProto()));
      }
      directory.addDirectories(
          DirectoryNode.newBuilder().setName("below").setDigest(below.toProto()));
      below = store(directory.build());
    }
    return below;
  }

  @Test
  void largeTreeIsReadAlone() throws IOException {
    List<Integer> permits = new ArrayList<>();
    blobs.beforeRead = () -> permits.add(largeTrees.availablePermits());
    Digest root = chain(3, 6_000);

    try (var walk = new InputTreeWalk(blobs, cache, SCOPE, 1_000_000, largeTrees)) {
      walk.read(root, Map.of());
      walk.measure(root);
    }

    // Two levels make it large.
    assertThat(permits).containsExactly(1, 1, 0);
    assertThat(largeTrees.availablePermits()).isEqualTo(1);
  }

  @Test
  void smallTreesDoNotWaitForLargeOnes() throws IOException {
    largeTrees.acquireUninterruptibly();
    Digest root = chain(3, 100);

    try (var walk = new InputTreeWalk(blobs, cache, SCOPE, 1_000_000, largeTrees)) {
      walk.read(root, Map.of());
      walk.measure(root);
      assertThat(walk.findMissing()).isEmpty();
    }

    assertThat(largeTrees.availablePermits()).isZero();
    assertThat(cache.get(SCOPE, root))
        .isNotNull()
        .satisfies(
            tree -> {
              assertThat(tree.entries()).isEqualTo(303);
              assertThat(tree.depth()).isEqualTo(3);
              assertThat(tree.pathBytes()).isEqualTo("below/below/f000000".length());
            });
  }

  @Test
  void cacheForgetsWhatDoesNotFit() throws IOException {
    SubtreeCache small = new SubtreeCache(20_000, Duration.ofHours(1), () -> 0);
    for (int i = 1; i < 50; i++) {
      Digest root = chain(1, i);
      try (var walk = new InputTreeWalk(blobs, small, SCOPE, 1_000, largeTrees)) {
        walk.read(root, Map.of());
        walk.measure(root);
        assertThat(walk.findMissing()).isEmpty();
      }
    }

    assertThat(small.get(SCOPE, chain(1, 1))).isNull();
  }
}
