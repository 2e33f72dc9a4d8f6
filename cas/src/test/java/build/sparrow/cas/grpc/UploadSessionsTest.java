package build.sparrow.cas.grpc;

import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.frame;
import static build.sparrow.cas.SampleBlobs.random;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ResourceName;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UploadSessionsTest {
  private static final ByteString BLOB = random(1, 1_000);
  private static final Digest DIGEST = digestOf(BLOB);
  private static final String NAME = "uploads/12345678-1234-1234-1234-123456789012/blobs/" + DIGEST;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger openUploads = new AtomicInteger();
  private final InMemoryBlobStore store = new CountingStore();
  private final UploadSessions sessions = new UploadSessions(store, new ZstdCodec(), nanos::get);
  private final RecordingResponses<WriteResponse> responses = new RecordingResponses<>();
  private final WriteCall call = new WriteCall(sessions, responses);

  /** Counts the uploads that hold something open. */
  private final class CountingStore extends InMemoryBlobStore {
    @Override
    public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
      BlobUpload upload = super.write(scope, digest);
      openUploads.incrementAndGet();
      return new BlobUpload() {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          upload.write(bytes, offset, length);
        }

        @Override
        public void commit() throws IOException {
          upload.commit();
        }

        @Override
        public void close() throws IOException {
          openUploads.decrementAndGet();
          upload.close();
        }
      };
    }
  }

  private static WriteRequest message(int offset, int end, boolean finish) {
    return WriteRequest.newBuilder()
        .setResourceName(NAME)
        .setWriteOffset(offset)
        .setData(BLOB.substring(offset, end))
        .setFinishWrite(finish)
        .build();
  }

  private void passAndSweep(Duration time) {
    nanos.addAndGet(time.toNanos());
    sessions.sweep();
  }

  private long committed() {
    return sessions.committedBytes(ResourceName.parseWrite(NAME));
  }

  @Test
  void anIdleUploadIsAborted_keptForAWhile_andThenDropped() throws Exception {
    call.onNext(message(0, 400, false));
    passAndSweep(Duration.ofSeconds(59));
    assertThat(responses.isEnded()).isFalse();

    passAndSweep(Duration.ofSeconds(1));
    assertThat(responses.status().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(responses.status().getDescription())
        .contains("idle for 60 s, after 400 bytes of blob " + DIGEST);
    assertThat(committed()).isEqualTo(400);

    passAndSweep(Duration.ofSeconds(60));
    assertThat(committed()).isZero();
    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void anUploadThatGetsOnIsNotIdle() throws Exception {
    call.onNext(message(0, 400, false));
    passAndSweep(Duration.ofSeconds(50));
    call.onNext(message(400, 800, false));
    passAndSweep(Duration.ofSeconds(50));
    call.onNext(message(800, 1_000, true));

    assertThat(responses.only().getCommittedSize()).isEqualTo(1_000);
    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void whatAClientLeftBehindIsDroppedAfterAMinute() {
    call.onNext(message(0, 400, false));
    call.onError(Status.CANCELLED.asException());
    assertThat(committed()).isEqualTo(400);

    passAndSweep(Duration.ofSeconds(60));

    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void aCallThatSentNothingLeavesNothing() {
    call.onNext(message(0, 0, false));
    call.onError(Status.CANCELLED.asException());

    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void aCallThatWasTakenOverCannotWriteAnyMore() throws Exception {
    call.onNext(message(0, 400, false));
    RecordingResponses<WriteResponse> laterResponses = new RecordingResponses<>();
    WriteCall later = new WriteCall(sessions, laterResponses);
    later.onNext(message(400, 500, false));

    call.onNext(message(400, 1_000, true));

    assertThat(responses.status().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(store.holds(DIGEST)).isFalse();
    later.onNext(message(500, 1_000, true));
    assertThat(laterResponses.only().getCommittedSize()).isEqualTo(1_000);
    assertThat(store.holds(DIGEST)).isTrue();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void allUploadsOfABlobEnd_whenOneHasBroughtIt() throws Exception {
    call.onNext(message(0, 400, false));
    String zstdName =
        NAME.replace("12345678", "22345678").replace("/blobs/", "/compressed-blobs/zstd/");
    RecordingResponses<WriteResponse> zstdResponses = new RecordingResponses<>();
    new WriteCall(sessions, zstdResponses)
        .onNext(
            message(0, 0, false).toBuilder()
                .setResourceName(zstdName)
                .setData(frame(BLOB).substring(0, 20))
                .build());
    String leftName = NAME.replace("12345678", "32345678");
    WriteCall left = new WriteCall(sessions, new RecordingResponses<>());
    left.onNext(message(0, 400, false).toBuilder().setResourceName(leftName).build());
    left.onError(Status.CANCELLED.asException());
    assertThat(sessions.count()).isEqualTo(3);

    WriteCall faster = new WriteCall(sessions, new RecordingResponses<>());
    String fasterName = NAME.replace("12345678", "42345678");
    faster.onNext(message(0, 1_000, true).toBuilder().setResourceName(fasterName).build());

    assertThat(responses.only().getCommittedSize()).isEqualTo(1_000);
    assertThat(zstdResponses.only().getCommittedSize()).isEqualTo(-1);
    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }

  @Test
  void uploadsOfOtherBlobsGoOn_whenOneIsThere() throws Exception {
    Digest other = digestOf(BLOB.substring(1));
    String otherName = NAME.replace(DIGEST.toString(), other.toString());
    call.onNext(message(0, 400, false).toBuilder().setResourceName(otherName).build());

    new WriteCall(sessions, new RecordingResponses<>()).onNext(message(0, 1_000, true));

    assertThat(responses.isEnded()).isFalse();
    assertThat(sessions.count()).isEqualTo(1);
  }

  @Test
  void closingDropsWhatWasNotFinished() {
    call.onNext(message(0, 400, false));

    sessions.close();

    assertThat(sessions.count()).isZero();
    assertThat(openUploads).hasValue(0);
  }
}
