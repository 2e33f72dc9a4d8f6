package build.sparrow.frontend.execution;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.ExecuteOperationMetadata;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.frontend.scheduling.OperationFacts;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.Stage;
import build.sparrow.scheduling.WatcherId;
import com.google.longrunning.Operation;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WatchersTest {
  private static final Duration INTERVAL = Duration.ofSeconds(20);
  private static final ActionKey KEY =
      new ActionKey(
          InstanceName.ROOT, DigestFunction.SHA256, DigestFunction.SHA256.digestOf(new byte[] {1}));
  private static final ByteString CONTENT = ByteString.copyFromUtf8("content");
  private static final Digest DIGEST = DigestFunction.SHA256.digestOf(CONTENT);
  private static final OperationId OPERATION = new OperationId("o");
  private static final ExecutorId EXECUTOR = new ExecutorId("executor", "1");

  private final AtomicLong nanos = new AtomicLong(-5);
  private final List<Runnable> deliveries = new ArrayList<>();
  private final Watchers watchers =
      new Watchers(
          new InlineOutputs(new OneBlob()),
          deliveries::add,
          nanos::get,
          InstantSource.fixed(Instant.ofEpochSecond(100)),
          INTERVAL);

  private static final class OneBlob implements BlobStore {
    @Override
    public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) {
      return Set.of();
    }

    @Override
    public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests) {
      return Map.of(DIGEST, CONTENT);
    }

    @Override
    public InputStream read(BlobScope scope, Digest digest, long offset, long limit) {
      return CONTENT.newInput();
    }

    @Override
    public BlobUpload write(BlobScope scope, Digest digest) {
      throw new UnsupportedOperationException("nothing is written here");
    }
  }

  private void open(OperationId operation) {
    watchers.opened(
        operation, new OperationFacts(KEY, Timestamp.newBuilder().setSeconds(90).build()));
  }

  private RecordingSink follow(long watcher, String name, InlineWishes wishes) {
    RecordingSink sink = new RecordingSink();
    watchers.arrive(new Watcher(new WatcherId(watcher), name, "", wishes, sink));
    watchers.following(new WatcherId(watcher), OPERATION, Stage.QUEUED, null);
    return sink;
  }

  private RecordingSink follow(long watcher, String name) {
    return follow(watcher, name, InlineWishes.NONE);
  }

  private static ExecutionStage.Value stageOf(Operation operation) {
    return metadataOf(operation).getStage();
  }

  private static ExecuteOperationMetadata metadataOf(Operation operation) {
    try {
      return operation.getMetadata().unpack(ExecuteOperationMetadata.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ExecuteResponse exited(int code) {
    return ExecuteResponse.newBuilder()
        .setResult(ActionResult.newBuilder().setExitCode(code).setStdoutDigest(DIGEST.toProto()))
        .build();
  }

  @Test
  void watcherHearsAtLeastEveryTwentySeconds() {
    open(OPERATION);
    RecordingSink sink = follow(1, "o");
    assertThat(sink.updates).hasSize(1);

    nanos.addAndGet(INTERVAL.toNanos() - 1);
    watchers.tick();
    assertThat(sink.updates).hasSize(1);
    assertThat(watchers.nextNanos()).hasValue(nanos.get() + 1);

    nanos.addAndGet(1);
    watchers.tick();
    assertThat(sink.updates).hasSize(2);
    assertThat(sink.updates.getLast()).isEqualTo(sink.updates.getFirst());
    assertThat(watchers.nextNanos()).hasValue(nanos.get() + INTERVAL.toNanos());
  }

  @Test
  void newsPostponeTheSignOfLife() {
    open(OPERATION);
    RecordingSink early = follow(1, "o");
    nanos.addAndGet(INTERVAL.toNanos() / 2);
    RecordingSink late = follow(2, "p");

    nanos.addAndGet(INTERVAL.toNanos() / 2);
    watchers.tick();

    assertThat(early.updates).hasSize(2);
    assertThat(late.updates).hasSize(1);
  }

  @Test
  void nobodyIsToldAnything_whenNobodyFollows() {
    open(OPERATION);
    RecordingSink sink = follow(1, "o");

    assertThat(watchers.leave(new WatcherId(1))).isTrue();
    nanos.addAndGet(2 * INTERVAL.toNanos());
    watchers.tick();

    assertThat(sink.updates).hasSize(1);
    assertThat(watchers.nextNanos()).isEqualTo(OptionalLong.empty());
    assertThat(watchers.count()).isZero();
    assertThat(watchers.leave(new WatcherId(1))).isFalse();
  }

  @Test
  void stagesComeWithWhatIsKnown() {
    open(OPERATION);
    RecordingSink sink = follow(1, "o");

    watchers.stageChanged(OPERATION, Stage.EXECUTING, EXECUTOR);
    watchers.stageChanged(OPERATION, Stage.QUEUED, null);

    assertThat(sink.updates.stream().map(WatchersTest::stageOf))
        .containsExactly(
            ExecutionStage.Value.QUEUED,
            ExecutionStage.Value.EXECUTING,
            ExecutionStage.Value.QUEUED);
    var executing = metadataOf(sink.updates.get(1)).getPartialExecutionMetadata();
    assertThat(executing.getWorker()).isEqualTo("executor");
    assertThat(executing.getQueuedTimestamp().getSeconds()).isEqualTo(90);
    assertThat(executing.getWorkerStartTimestamp().getSeconds()).isEqualTo(100);
    var requeued = metadataOf(sink.updates.get(2)).getPartialExecutionMetadata();
    assertThat(requeued.getWorker()).isEmpty();
    assertThat(requeued.hasWorkerStartTimestamp()).isFalse();
  }

  @Test
  void endComesOnce_andNothingAfter() {
    open(OPERATION);
    RecordingSink sink = follow(1, "o");

    watchers.ended(OPERATION, exited(3));
    watchers.stageChanged(OPERATION, Stage.QUEUED, null);
    nanos.addAndGet(2 * INTERVAL.toNanos());
    watchers.tick();

    assertThat(sink.ends).singleElement().satisfies(end -> assertThat(end.getDone()).isTrue());
    assertThat(sink.updates).hasSize(1);
  }

  @Test
  void whatHasToBeReadIsDeliveredElsewhere() {
    open(OPERATION);
    RecordingSink plain = follow(1, "o");
    RecordingSink wishful = follow(2, "p", new InlineWishes(true, false, Set.of()));

    watchers.ended(OPERATION, exited(0));

    assertThat(plain.ends).hasSize(1);
    assertThat(wishful.ends).isEmpty();
    deliveries.forEach(Runnable::run);
    assertThat(wishful.ends)
        .singleElement()
        .satisfies(
            end ->
                assertThat(
                        end.getResponse().unpack(ExecuteResponse.class).getResult().getStdoutRaw())
                    .isEqualTo(CONTENT));
  }

  @Test
  void whoComesLateGetsTheEndAtOnce() {
    open(OPERATION);
    watchers.ended(OPERATION, exited(0));
    RecordingSink sink = new RecordingSink();
    watchers.arrive(new Watcher(new WatcherId(1), "o", "", InlineWishes.NONE, sink));

    watchers.following(new WatcherId(1), OPERATION, Stage.COMPLETED, null);

    assertThat(sink.ends).hasSize(1);
    assertThat(watchers.count()).isZero();
  }

  @Test
  void forgottenOperationLeavesNoName() {
    open(OPERATION);
    follow(1, "alias");
    watchers.ended(OPERATION, exited(0));

    watchers.forgotten(OPERATION);

    assertThat(watchers.table().message("o")).isNull();
    assertThat(watchers.table().message("alias")).isNull();
  }

  @Test
  void oldestResultsGoFirst_whenTheyBecomeTooMuch() {
    ByteString mebibyte = ByteString.copyFrom(new byte[1 << 20]);
    ExecuteResponse large =
        ExecuteResponse.newBuilder()
            .setResult(ActionResult.newBuilder().setStdoutRaw(mebibyte))
            .build();
    for (int i = 0; i < 100; i++) {
      OperationId operation = new OperationId("o" + i);
      open(operation);
      watchers.ended(operation, large);
    }

    assertThat(watchers.table().message("o0")).isNull();
    assertThat(watchers.table().message("o36")).isNull();
    assertThat(watchers.table().message("o37")).isNotNull();
    assertThat(watchers.table().message("o99")).isNotNull();
  }

  @Test
  void stoppingFrontendTurnsEverybodyAway() {
    open(OPERATION);
    RecordingSink before = follow(1, "o");

    watchers.dismissAll();
    RecordingSink after = follow(2, "p");

    assertThat(before.failure)
        .satisfies(it -> assertThat(it.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(after.failure)
        .satisfies(it -> assertThat(it.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    assertThat(watchers.nextNanos()).isEmpty();
  }

  @Test
  void refusalsReachTheirWatcherOnly() {
    RecordingSink sink = new RecordingSink();
    watchers.arrive(new Watcher(new WatcherId(1), "o", "", InlineWishes.NONE, sink));

    watchers.unsatisfiable(new WatcherId(1), Platform.ANY, null, List.of());
    watchers.shed(new WatcherId(1), 1, 1);

    assertThat(sink.failure)
        .satisfies(
            it -> assertThat(it.getStatus().getDescription()).contains("this farm has no pools"));
  }
}
