package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static build.sparrow.cas.SampleBlobs.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import com.github.luben.zstd.Zstd;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.QueryWriteStatusRequest;
import com.google.bytestream.QueryWriteStatusResponse;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ByteStreamWriteTest {
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

  private static String name(Digest digest) {
    return "uploads/" + UUID.randomUUID() + "/blobs/" + digest;
  }

  private static String zstdName(Digest digest) {
    return "uploads/" + UUID.randomUUID() + "/compressed-blobs/zstd/" + digest;
  }

  private static WriteRequest message(String name, long offset, ByteString data, boolean finish) {
    return WriteRequest.newBuilder()
        .setResourceName(name)
        .setWriteOffset(offset)
        .setData(data)
        .setFinishWrite(finish)
        .build();
  }

  /** Sends the messages and ends the call. */
  private RecordingResponses<WriteResponse> write(WriteRequest... messages) {
    RecordingResponses<WriteResponse> responses = new RecordingResponses<>();
    StreamObserver<WriteRequest> requests = open(responses);
    for (WriteRequest message : messages) {
      requests.onNext(message);
    }
    requests.onCompleted();
    return responses;
  }

  private StreamObserver<WriteRequest> open(RecordingResponses<WriteResponse> responses) {
    return ByteStreamGrpc.newStub(server.channel()).write(responses);
  }

  private void assertRefused(
      RecordingResponses<WriteResponse> responses, Status.Code code, String message)
      throws Exception {
    assertThat(responses.status().getCode()).as("%s", responses.status()).isEqualTo(code);
    assertThat(responses.status().getDescription()).contains(message);
  }

  private QueryWriteStatusResponse query(String name) {
    return server
        .byteStream()
        .queryWriteStatus(QueryWriteStatusRequest.newBuilder().setResourceName(name).build());
  }

  /** Waits until the server has taken so much, as only it knows. */
  private void awaitCommitted(String name, long bytes) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (query(name).getCommittedSize() != bytes) {
      assertThat(System.nanoTime()).as("committed in time").isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  @Test
  void aBlobIsStored_whenItsLastMessageSaysSo() throws Exception {
    ByteString blob = random(1, 700_000);
    Digest digest = digestOf(blob);
    String name = name(digest);

    WriteResponse response =
        write(
                message(name, 0, blob.substring(0, 300_000), false),
                message("", 300_000, blob.substring(300_000, 600_000), false),
                message(name, 600_000, blob.substring(600_000), true))
            .only();

    assertThat(response.getCommittedSize()).isEqualTo(700_000);
    assertThat(store.holds(digest)).isTrue();
    assertThat(query(name).getComplete()).isTrue();
    assertThat(query(name).getCommittedSize()).isEqualTo(700_000);
  }

  @Test
  void anUploadEndsEarly_whenTheBlobIsThere() throws Exception {
    ByteString blob = random(2, 100_000);
    Digest digest = store.add(blob);

    assertThat(write(message(name(digest), 0, blob.substring(0, 10), false)).only())
        .isEqualTo(WriteResponse.newBuilder().setCommittedSize(100_000).build());
    assertThat(write(message(zstdName(digest), 0, text("anything"), false)).only())
        .isEqualTo(WriteResponse.newBuilder().setCommittedSize(-1).build());
    assertThat(query(zstdName(digest)).getComplete()).isTrue();
  }

  @Test
  void anUploadEndsEarly_whenAnotherBringsTheBlobMeanwhile() throws Exception {
    ByteString blob = random(3, 100_000);
    Digest digest = digestOf(blob);
    String name = name(digest);
    RecordingResponses<WriteResponse> slow = new RecordingResponses<>();
    StreamObserver<WriteRequest> requests = open(slow);
    requests.onNext(message(name, 0, blob.substring(0, 10), false));
    awaitCommitted(name, 10);

    write(message(name(digest), 0, blob, true)).only();
    requests.onNext(message(name, 10, blob.substring(10, 20), false));

    assertThat(slow.only().getCommittedSize()).isEqualTo(100_000);
  }

  @Test
  void withoutFinishNothingIsVisible_andTheUploadCanBeGoneOnWith() throws Exception {
    ByteString blob = random(4, 1_000);
    Digest digest = digestOf(blob);
    String name = name(digest);

    assertThat(write(message(name, 0, blob.substring(0, 400), false)).only().getCommittedSize())
        .isEqualTo(400);
    assertThat(store.holds(digest)).isFalse();
    assertThat(query(name).getComplete()).isFalse();
    assertThat(query(name).getCommittedSize()).isEqualTo(400);

    assertThat(write(message(name, 400, blob.substring(400), true)).only().getCommittedSize())
        .isEqualTo(1_000);
    assertThat(store.holds(digest)).isTrue();
  }

  @Test
  void anUploadWhoseCallBreaksOffIsGoneOnWith_orStartedAnew() throws Exception {
    ByteString blob = random(5, 1_000);
    for (int resumeAt : new int[] {600, 0}) {
      Digest digest = digestOf(blob.substring(0, 900 + resumeAt / 10));
      ByteString content = blob.substring(0, (int) digest.sizeBytes());
      String name = name(digest);
      StreamObserver<WriteRequest> requests = open(new RecordingResponses<>());
      requests.onNext(message(name, 0, content.substring(0, 600), false));
      awaitCommitted(name, 600);
      ((ClientCallStreamObserver<WriteRequest>) requests).cancel("the network fails", null);

      write(message(name, resumeAt, content.substring(resumeAt), true)).only();

      assertThat(store.holds(digest)).isTrue();
    }
  }

  @Test
  void aCompressedUploadIsGoneOnWith_inItsCompressedForm() throws Exception {
    ByteString blob = random(6, 50_000);
    Digest digest = digestOf(blob);
    ByteString frame = ByteString.copyFrom(Zstd.compress(blob.toByteArray()));
    String name = zstdName(digest);
    StreamObserver<WriteRequest> requests = open(new RecordingResponses<>());
    requests.onNext(message(name, 0, frame.substring(0, 30_000), false));
    awaitCommitted(name, 30_000);
    ((ClientCallStreamObserver<WriteRequest>) requests).cancel("the network fails", null);

    WriteResponse response = write(message(name, 30_000, frame.substring(30_000), true)).only();

    assertThat(response.getCommittedSize()).isEqualTo(frame.size());
    assertThat(store.holds(digest)).isTrue();
  }

  @Test
  void aSecondCallTakesAnUploadOver() throws Exception {
    ByteString blob = random(7, 1_000);
    String name = name(digestOf(blob));
    RecordingResponses<WriteResponse> first = new RecordingResponses<>();
    StreamObserver<WriteRequest> requests = open(first);
    requests.onNext(message(name, 0, blob.substring(0, 500), false));
    awaitCommitted(name, 500);

    write(message(name, 500, blob.substring(500), true)).only();

    assertRefused(first, Status.Code.ABORTED, "Another Write call took over");
    assertThat(store.holds(digestOf(blob))).isTrue();
  }

  @Test
  void aWrongOffsetIsRefused_namingBoth() throws Exception {
    ByteString blob = random(8, 1_000);
    String name = name(digestOf(blob));

    assertRefused(
        write(message(name, 7, blob, true)),
        Status.Code.INVALID_ARGUMENT,
        "write_offset is 7, while 0 bytes are committed");
    assertRefused(
        write(
            message(name, 0, blob.substring(0, 500), false),
            message("", 400, blob.substring(400), true)),
        Status.Code.INVALID_ARGUMENT,
        "write_offset is 400, while 500 bytes are committed");
    assertThat(store.holds(digestOf(blob))).isFalse();
    assertThat(query(name).getCommittedSize()).isEqualTo(500);
  }

  @Test
  void wrongBytesAreRefused_andNothingIsVisible() throws Exception {
    Digest digest = digestOf(text("good"));

    assertRefused(
        write(message(name(digest), 0, text("evil"), true)),
        Status.Code.INVALID_ARGUMENT,
        "blob has SHA-256 %s, while %s was announced"
            .formatted(digestOf(text("evil")).hash(), digest.hash()));
    assertRefused(
        write(message(name(digest), 0, text("goo"), true)),
        Status.Code.INVALID_ARGUMENT,
        "3 bytes");
    assertRefused(
        write(message(name(digest), 0, text("goods"), true)),
        Status.Code.INVALID_ARGUMENT,
        "more than the 4 bytes");
    assertThat(store.holds(digest)).isFalse();
  }

  @Test
  void wrongNamesAreRefused() throws Exception {
    ByteString blob = text("blob");
    String name = name(digestOf(blob));

    assertRefused(
        write(message("blobs/" + digestOf(blob), 0, blob, true)),
        Status.Code.INVALID_ARGUMENT,
        "resource_name");
    assertRefused(
        write(message("uploads/1/blobs/" + digestOf(blob), 0, blob, true)),
        Status.Code.INVALID_ARGUMENT,
        "uuid is \"1\"");
    assertRefused(write(message("", 0, blob, true)), Status.Code.INVALID_ARGUMENT, "resource_name");
    assertRefused(
        write(
            message(name, 0, blob.substring(0, 1), false),
            message(name(digestOf(blob)), 1, blob.substring(1), true)),
        Status.Code.INVALID_ARGUMENT,
        "while the call began with");
    assertRefused(write(), Status.Code.INVALID_ARGUMENT, "without a request");
    assertThat(store.holds(digestOf(blob))).isFalse();
  }

  @Test
  void aCompressedUploadIsStoredAsWhatItIs() throws Exception {
    ByteString blob = random(9, 100_000).concat(ByteString.copyFrom(new byte[2_000_000]));
    ByteString first = ByteString.copyFrom(Zstd.compress(blob.substring(0, 70_000).toByteArray()));
    ByteString second = ByteString.copyFrom(Zstd.compress(blob.substring(70_000).toByteArray()));
    String name = zstdName(digestOf(blob));

    WriteResponse response =
        write(
                message(name, 0, first, false),
                message(name, first.size(), second, false),
                message(name, first.size() + second.size(), ByteString.EMPTY, true))
            .only();

    assertThat(response.getCommittedSize()).isEqualTo(first.size() + second.size());
    assertThat(store.holds(digestOf(blob))).isTrue();
  }

  @Test
  void compressedUploadsThatAreMoreOrLessThanAnnouncedAreRefused() throws Exception {
    ByteString zeros = ByteString.copyFrom(new byte[1_000_000]);
    ByteString frame = ByteString.copyFrom(Zstd.compress(zeros.toByteArray()));
    Digest digest = digestOf(zeros);

    assertRefused(
        write(message(zstdName(unknown(1_024)), 0, frame, true)),
        Status.Code.INVALID_ARGUMENT,
        "expands past the 1024 bytes");
    assertRefused(
        write(message(zstdName(digest), 0, frame.substring(0, frame.size() - 3), true)),
        Status.Code.INVALID_ARGUMENT,
        "not valid zstd");
    assertRefused(
        write(message(zstdName(digest), 0, frame.concat(text("garbage")), true)),
        Status.Code.INVALID_ARGUMENT,
        "not valid zstd");
    assertRefused(
        write(message(zstdName(unknown(1_000_000)), 0, frame, true)),
        Status.Code.INVALID_ARGUMENT,
        "blob has SHA-256 " + digest.hash());
    assertRefused(
        write(message(zstdName(unknown(2_000_000)), 0, frame, true)),
        Status.Code.INVALID_ARGUMENT,
        "");
    assertThat(store.holds(digest)).isFalse();
  }

  @Test
  void anUnknownUploadHasNothingCommitted() {
    QueryWriteStatusResponse response = query(name(unknown(5)));

    assertThat(response.getComplete()).isFalse();
    assertThat(response.getCommittedSize()).isZero();
  }

  @Test
  void theEmptyBlobNeedsNoBytes() throws Exception {
    String name = name(digestOf(ByteString.EMPTY));

    assertThat(write(message(name, 0, ByteString.EMPTY, true)).only().getCommittedSize()).isZero();
  }
}
