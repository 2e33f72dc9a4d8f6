package build.sparrow.executor.input;

import static build.sparrow.executor.InMemoryBlobStore.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.FileNode;
import build.sparrow.executor.InMemoryBlobStore;
import build.sparrow.executor.StoredTree;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InputTreesTest {
  private static final long CACHE_BYTES = 1 << 20;

  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private final InputTrees trees = new InputTrees(store, CACHE_BYTES, 1000);

  @Test
  void aTreeIsListedWithParentsBeforeChildren() throws Exception {
    Digest root =
        new StoredTree(store)
            .file("a/b/c.txt", "c")
            .program("tool", "t")
            .link("a/link", "../tool")
            .directory("empty")
            .store();

    InputTree tree = trees.load(SCOPE, root);

    assertThat(tree.directories()).containsExactlyInAnyOrder("a", "a/b", "empty");
    assertThat(tree.directories().indexOf("a")).isLessThan(tree.directories().indexOf("a/b"));
    assertThat(tree.files())
        .containsExactlyInAnyOrder(
            new InputTree.File("a/b/c.txt", new FileKey(SCOPE.function(), digest("c"), false)),
            new InputTree.File("tool", new FileKey(SCOPE.function(), digest("t"), true)));
    assertThat(tree.links()).containsExactly(new InputTree.Link("a/link", "../tool"));
  }

  @Test
  void directoriesAreReadOnce() throws Exception {
    Digest root = new StoredTree(store).file("a/x", "1").file("b/x", "1").store();
    trees.load(SCOPE, root);
    int readsBefore = store.reads();

    trees.load(SCOPE, root);

    // The root, and the one directory that a and b both are.
    assertThat(readsBefore).isEqualTo(2);
    assertThat(store.reads()).isEqualTo(readsBefore);
  }

  @Test
  void directoriesThatTheStoreLacksAreNamed() {
    Digest root = new StoredTree(store).file("a/x", "1").file("b/y", "2").store();
    Digest child = new StoredTree(store).file("x", "1").store();
    store.remove(child);

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .isInstanceOfSatisfying(
            InputsMissingException.class,
            missing -> {
              assertThat(missing.digests()).containsExactly(child);
              assertThat(missing.toStatus().getMessage()).contains("blobs/" + child);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "a/b", "nul\0"})
  void aNameThatIsNoFileNameIsRefused(String name) {
    Digest root = store.put(directoryWith(name).toByteString());

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("is not a valid file name");
  }

  @Test
  void aDirectoryThatIsNotCanonicalIsRefused() {
    Directory unsorted =
        directoryWith("b").toBuilder().addFiles(directoryWith("a").getFiles(0)).build();
    Digest root = store.put(unsorted.toByteString());

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("must be sorted");
  }

  @Test
  void aBlobThatIsNoDirectoryIsRefused() {
    Digest root = store.put(ByteString.copyFrom(new byte[] {1, 2, 3}));

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .hasMessageContaining("INVALID_ARGUMENT: directory " + root + " is not a Directory");
  }

  @Test
  void aTreeThatExpandsWithoutEndIsRefusedBeforeItIsExpanded() {
    Digest level = store.put(directoryWith("leaf").toByteString());
    for (int i = 0; i < 40; i++) {
      Directory.Builder twice = Directory.newBuilder();
      for (String name : List.of("l", "r")) {
        twice.addDirectoriesBuilder().setName(name).setDigest(level.toProto());
      }
      level = store.put(twice.build().toByteString());
    }
    Digest root = level;

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .hasMessageContaining("INVALID_ARGUMENT: input root expands to more than 1000 entries");
  }

  @Test
  void aTreeOfTooManyLevelsIsRefused() {
    Digest level = store.put(directoryWith("leaf").toByteString());
    for (int i = 0; i < 300; i++) {
      Directory.Builder next = Directory.newBuilder();
      next.addDirectoriesBuilder().setName("d").setDigest(level.toProto());
      level = store.put(next.build().toByteString());
    }
    Digest root = level;

    assertThatThrownBy(() -> trees.load(SCOPE, root))
        .hasMessageContaining("INVALID_ARGUMENT: input root is more than 256 levels deep");
  }

  private Directory directoryWith(String name) {
    return Directory.newBuilder()
        .addFiles(FileNode.newBuilder().setName(name).setDigest(digest("x").toProto()))
        .build();
  }

  private static Digest digest(String text) {
    return SCOPE.function().digestOf(ByteString.copyFromUtf8(text));
  }
}
