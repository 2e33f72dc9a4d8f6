package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static build.sparrow.cas.grpc.ContentAddressableStorageServiceTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.GetTreeRequest;
import build.bazel.remote.execution.v2.GetTreeResponse;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GetTreeTest {
  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server = new TestServer(store);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Digest directory(String file, Digest... children) {
    Directory.Builder directory = Directory.newBuilder();
    directory.addFiles(FileNode.newBuilder().setName(file).setDigest(unknown(1).toProto()));
    for (int i = 0; i < children.length; i++) {
      directory.addDirectories(
          DirectoryNode.newBuilder().setName("d" + i).setDigest(children[i].toProto()));
    }
    return store.add(directory.build().toByteString());
  }

  private List<GetTreeResponse> pages(GetTreeRequest request) {
    List<GetTreeResponse> pages = new ArrayList<>();
    server.cas().getTree(request).forEachRemaining(pages::add);
    return pages;
  }

  private static GetTreeRequest.Builder request(Digest root) {
    return GetTreeRequest.newBuilder().setRootDigest(root.toProto());
  }

  private static List<String> files(List<GetTreeResponse> pages) {
    return pages.stream()
        .flatMap(page -> page.getDirectoriesList().stream())
        .map(directory -> directory.getFiles(0).getName())
        .toList();
  }

  @Test
  void everyDirectoryComesOnce_theRootFirst() {
    Digest shared = directory("shared");
    Digest left = directory("left", shared);
    Digest right = directory("right", shared);
    Digest root = directory("root", left, right, shared);

    List<GetTreeResponse> pages = pages(request(root).build());

    assertThat(files(pages)).containsExactly("root", "left", "right", "shared");
    assertThat(pages.getLast().getNextPageToken()).isEmpty();
  }

  @Test
  void pagesHaveTheSizeThatWasAskedFor_andCanBeGoneOnFrom() {
    List<Digest> children = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      children.add(directory("child" + i));
    }
    Digest root = directory("root", children.toArray(Digest[]::new));

    List<GetTreeResponse> pages = pages(request(root).setPageSize(10).build());
    List<GetTreeResponse> rest =
        pages(
            request(root)
                .setPageSize(10)
                .setPageToken(pages.getFirst().getNextPageToken())
                .build());

    assertThat(pages).extracting(GetTreeResponse::getDirectoriesCount).containsExactly(10, 10, 5);
    assertThat(rest).isEqualTo(pages.subList(1, 3));
  }

  @Test
  void largeTreesComeInMessagesOfBoundedSize() {
    List<Digest> children = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      children.add(directory(i + "x".repeat(100_000)));
    }
    Digest root = directory("root", children.toArray(Digest[]::new));

    List<GetTreeResponse> pages = pages(request(root).build());

    assertThat(files(pages)).hasSize(61);
    assertThat(pages).allMatch(page -> page.getSerializedSize() <= 1_100_000);
  }

  @Test
  void aMissingRootIsNotFound_andWhatIsMissingBelowIsLeftOut() {
    Digest child = directory("child");
    Digest root = directory("root", unknown(77), child);

    assertFails(Status.Code.NOT_FOUND, () -> pages(request(unknown(78)).build()))
        .hasMessageContaining(unknown(78).toString());
    assertThat(files(pages(request(root).build()))).containsExactly("root", "child");
  }

  @Test
  void theEmptyDirectoryIsATreeOfItsOwn() {
    Digest empty = store.add(Directory.getDefaultInstance().toByteString());

    List<GetTreeResponse> pages = pages(request(empty).build());

    assertThat(pages).hasSize(1);
    assertThat(pages.getFirst().getDirectoriesList())
        .containsExactly(Directory.getDefaultInstance());
  }

  @Test
  void whatIsNoDirectoryOrNoTokenIsRefused() {
    Digest garbage = store.add(text("\u0001\u0002 no message"));

    assertFails(Status.Code.FAILED_PRECONDITION, () -> pages(request(garbage).build()))
        .hasMessageContaining("Blob " + garbage + " is not a Directory");
    assertFails(
            Status.Code.INVALID_ARGUMENT,
            () -> pages(request(garbage).setPageToken("next").build()))
        .hasMessageContaining("page_token is \"next\"");
    assertFails(Status.Code.INVALID_ARGUMENT, () -> pages(request(garbage).setPageSize(-1).build()))
        .hasMessageContaining("page_size is -1");
    assertFails(Status.Code.INVALID_ARGUMENT, () -> pages(GetTreeRequest.getDefaultInstance()))
        .hasMessageContaining("hash");
    assertFails(Status.Code.FAILED_PRECONDITION, () -> pages(request(unknown(5L << 20)).build()))
        .hasMessageContaining("too large for GetTree");
  }
}
