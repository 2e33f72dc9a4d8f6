package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ChunkingFunction;
import build.bazel.remote.execution.v2.SpliceBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobResponse;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.chunk.FastCdc;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlobSplitsTest {
  private static final int MEBIBYTE = 1 << 20;

  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private final BlobSplits splits = new BlobSplits(store);

  private List<Digest> split(Digest blob) throws IOException {
    SplitBlobResponse response =
        splits.split(SplitBlobRequest.newBuilder().setBlobDigest(blob.toProto()).build());
    assertThat(response.getChunkingFunction()).isEqualTo(ChunkingFunction.Value.FAST_CDC_2020);
    return response.getChunkDigestsList().stream()
        .map(proto -> new Digest(proto.getHash(), proto.getSizeBytes()))
        .toList();
  }

  private void splice(Digest blob, List<Digest> chunks) throws IOException {
    SpliceBlobRequest.Builder request =
        SpliceBlobRequest.newBuilder().setBlobDigest(blob.toProto());
    chunks.forEach(chunk -> request.addChunkDigests(chunk.toProto()));
    assertThat(splits.splice(request.build()).getBlobDigest()).isEqualTo(blob.toProto());
  }

  @Test
  void chunksOfABlobAreStored_andAreTheBlobAgain() throws Exception {
    ByteString blob = random(1, 9 * MEBIBYTE);
    Digest digest = store.add(blob);

    List<Digest> chunks = split(digest);

    ByteString joined = ByteString.EMPTY;
    for (Digest chunk : chunks) {
      assertThat(chunk.sizeBytes()).isLessThanOrEqualTo(FastCdc.MAX_BYTES);
      joined = joined.concat(ByteString.readFrom(store.read(SCOPE, chunk, 0, 0)));
    }
    assertThat(joined).isEqualTo(blob);
    store.remove(digest);
    splice(digest, chunks);
    assertThat(ByteString.readFrom(store.read(SCOPE, digest, 0, 0))).isEqualTo(blob);
  }

  @Test
  void blobsThatAreAlikeShareTheirChunks_butWhereTheyDiffer() throws Exception {
    ByteString blob = random(2, 9 * MEBIBYTE);
    ByteString longer =
        blob.substring(0, 4 * MEBIBYTE).concat(text("more")).concat(blob.substring(4 * MEBIBYTE));

    Set<Digest> chunks = new HashSet<>(split(store.add(blob)));
    List<Digest> others = split(store.add(longer));

    assertThat(others.stream().filter(chunk -> !chunks.contains(chunk)).count()).isBetween(1L, 2L);
    assertThat(others).hasSizeGreaterThan(8);
  }

  @Test
  void whatIsShortIsOneChunk_andNothingIsNone() throws Exception {
    Digest small = store.add(text("small"));

    assertThat(split(small)).containsExactly(small);
    assertThat(split(digestOf(ByteString.EMPTY))).isEmpty();
    splice(digestOf(ByteString.EMPTY), List.of());
  }

  @Test
  void aMissingBlobIsNotSplit() {
    assertThatThrownBy(() -> split(unknown(10))).isInstanceOf(BlobMissingException.class);
  }

  @Test
  void chunksThatAreNotTheBlobAreNotTakenForIt() throws Exception {
    Digest first = store.add(text("first"));
    Digest second = store.add(text("second"));
    Digest blob = digestOf(text("firstsecond"));

    assertThatThrownBy(() -> splice(blob, List.of(second, first)))
        .isInstanceOf(DigestMismatchException.class);
    assertThatThrownBy(() -> splice(blob, List.of(first)))
        .hasMessageContaining("The 1 chunks have fewer bytes than blob " + blob);
    assertThatThrownBy(() -> splice(blob, List.of(first, second, first)))
        .hasMessageContaining("The 3 chunks have more bytes than blob " + blob);
    assertThatThrownBy(() -> splice(blob, Collections.nCopies(3, unknown(Long.MAX_VALUE))))
        .hasMessageContaining("more bytes");
    assertThat(store.holds(blob)).isFalse();
    splice(blob, List.of(first, second));
    assertThat(store.holds(blob)).isTrue();
  }

  @Test
  void aMissingChunkIsNamed_unlessTheBlobIsThereAnyway() throws Exception {
    Digest first = store.add(text("first"));
    Digest missing = digestOf(text("second"));
    Digest blob = digestOf(text("firstsecond"));
    List<Digest> chunks = new ArrayList<>(List.of(first, missing));

    assertThatThrownBy(() -> splice(blob, chunks))
        .isInstanceOf(BlobMissingException.class)
        .hasMessageContaining(missing.toString());

    store.add(text("firstsecond"));
    splice(blob, chunks);
  }
}
