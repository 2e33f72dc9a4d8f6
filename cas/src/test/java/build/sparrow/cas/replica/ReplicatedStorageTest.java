package build.sparrow.cas.replica;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.client.ReplicatedStorage;
import build.sparrow.cas.replica.client.ShardReport;
import build.sparrow.cas.replica.member.Membership;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.InspectShardResponse;
import build.sparrow.storage.v1.Repair;
import build.sparrow.storage.v1.ReplicationGrpc;
import build.sparrow.storage.v1.StatusRequest;
import build.sparrow.storage.v1.StatusResponse;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedStorageTest {
  private static final int SHARDS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final List<Endpoint> names = FreeEndpoints.of(SHARDS);
  private final Placement placement = new Placement(names, 2);
  private final Map<Endpoint, CasMain> shards = new HashMap<>();
  private final Map<Endpoint, ManagedChannel> channels = new HashMap<>();
  private ReplicatedStorage storage;

  @BeforeEach
  void start() throws Exception {
    for (Endpoint name : names) {
      startShard(name);
      channels.put(name, GrpcChannels.connect(name));
    }
    storage = ReplicatedStorage.connect(placement);
    names.forEach(this::awaitComplete);
  }

  @AfterEach
  void stop() {
    storage.close();
    channels.values().forEach(ManagedChannel::shutdownNow);
    shards.values().forEach(CasMain::close);
  }

  private void startShard(Endpoint name) throws Exception {
    shards.put(
        name,
        CasMain.start(
            new CasConfig(
                name,
                folderOf(name),
                DataSize.ofMebibytes(64),
                Duration.ofHours(3),
                new Membership(name, placement)),
            new CollectorRegistry()));
  }

  private Path folderOf(Endpoint name) {
    return folder.resolve("shard-" + names.indexOf(name));
  }

  private void stopShard(Endpoint name) {
    Objects.requireNonNull(shards.remove(name)).close();
  }

  private void loseDisk(Endpoint name) throws IOException {
    try (Stream<Path> files = Files.walk(folderOf(name))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private StatusResponse status(Endpoint name) {
    return ReplicationGrpc.newBlockingStub(channels.get(name))
        .withWaitForReady()
        .status(StatusRequest.getDefaultInstance());
  }

  private void awaitComplete(Endpoint name) {
    await(name, StatusResponse::getComplete);
  }

  private void awaitNoDebts(Endpoint name) {
    await(name, status -> status.getDebtsList().stream().allMatch(debt -> debt.getItems() == 0));
  }

  private void await(Endpoint name, Predicate<StatusResponse> condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.test(status(name))) {
      assertThat(System.nanoTime()).as(status(name).toString()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private List<Endpoint> candidates(Digest digest) {
    return placement.candidates(new Item.Blob(SCOPE, digest));
  }

  private boolean holds(Endpoint name, Digest digest) throws IOException {
    return new RemoteBlobStore(Objects.requireNonNull(channels.get(name)))
        .findMissing(SCOPE, List.of(digest))
        .isEmpty();
  }

  private static Map<Digest, ByteString> blobs(int count) {
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (int i = 0; i < count; i++) {
      blobs.put(digestOf(text("blob " + i)), text("blob " + i));
    }
    return blobs;
  }

  private byte[] read(Digest digest) throws IOException {
    try (InputStream in = storage.blobs().read(SCOPE, digest, 0, 0)) {
      return in.readAllBytes();
    }
  }

  @Test
  void aBlobLiesAtItsTwoHomes() throws Exception {
    Map<Digest, ByteString> blobs = blobs(20);

    storage.blobs().writeAll(SCOPE, blobs);

    for (Digest digest : blobs.keySet()) {
      assertThat(holds(candidates(digest).get(0), digest)).isTrue();
      assertThat(holds(candidates(digest).get(1), digest)).isTrue();
      assertThat(holds(candidates(digest).get(2), digest)).isFalse();
    }
    assertThat(storage.blobs().readAll(SCOPE, blobs.keySet())).isEqualTo(blobs);
    Digest absent = digestOf(text("never stored"));
    assertThat(storage.blobs().findMissing(SCOPE, Set.of(absent))).containsExactly(absent);
    assertThatThrownBy(() -> read(absent)).isInstanceOf(BlobMissingException.class);
  }

  @Test
  void withAnyShardAwayEverythingGoesOn_andItIsBroughtWhatItMissed() throws Exception {
    Map<Digest, ByteString> before = blobs(50);
    storage.blobs().writeAll(SCOPE, before);

    for (Endpoint away : names) {
      stopShard(away);
      Map<Digest, ByteString> during = new HashMap<>();
      for (int i = 0; i < 50; i++) {
        ByteString blob = text("while " + away + " was away " + i);
        during.put(digestOf(blob), blob);
      }
      assertThat(storage.blobs().findMissing(SCOPE, during.keySet())).isEqualTo(during.keySet());
      storage.blobs().writeAll(SCOPE, during);
      assertThat(storage.blobs().findMissing(SCOPE, before.keySet())).isEmpty();
      assertThat(storage.blobs().findMissing(SCOPE, during.keySet())).isEmpty();
      assertThat(storage.blobs().readAll(SCOPE, before.keySet())).isEqualTo(before);
      assertThat(storage.blobs().readAll(SCOPE, during.keySet())).isEqualTo(during);

      startShard(away);
      names.forEach(this::awaitNoDebts);

      for (Digest digest : during.keySet()) {
        if (candidates(digest).subList(0, 2).contains(away)) {
          assertThat(holds(away, digest)).isTrue();
        }
      }
      before.putAll(during);
    }
  }

  @Test
  void whatIsOwedIsRememberedOverARestart() throws Exception {
    ByteString blob = text("owed");
    Digest digest = digestOf(blob);
    List<Endpoint> candidates = candidates(digest);
    stopShard(candidates.get(0));
    storage.blobs().writeAll(SCOPE, Map.of(digest, blob));

    Endpoint keeper = candidates.get(2);
    assertThat(status(keeper).getDebtsList()).anyMatch(debt -> debt.getItems() == 1);
    stopShard(keeper);
    startShard(keeper);
    startShard(candidates.get(0));
    awaitNoDebts(keeper);

    assertThat(holds(candidates.get(0), digest)).isTrue();
  }

  @Test
  void largeBlobsStreamToBothHomes_andOneThatBreaksOffIsReplaced() throws Exception {
    byte[] bytes = random(1, 6 << 20).toByteArray();
    Digest digest = digestOf(ByteString.copyFrom(bytes));
    List<Endpoint> candidates = candidates(digest);

    try (BlobUpload upload = storage.blobs().write(SCOPE, digest)) {
      upload.write(bytes, 0, 3 << 20);
      stopShard(candidates.get(1));
      upload.write(bytes, 3 << 20, 3 << 20);
      upload.commit();
    }

    assertThat(holds(candidates.get(0), digest)).isTrue();
    assertThat(holds(candidates.get(2), digest)).isTrue();
    assertThat(read(digest)).isEqualTo(bytes);
    startShard(candidates.get(1));
    awaitNoDebts(candidates.get(2));
    assertThat(holds(candidates.get(1), digest)).isTrue();
  }

  @Test
  void aReadGoesOnAtTheOtherHome_whenTheFirstGoesInTheMiddleOfIt() throws Exception {
    byte[] bytes = random(2, 16 << 20).toByteArray();
    Digest digest = digestOf(ByteString.copyFrom(bytes));
    storage.blobs().writeFrom(SCOPE, digest, () -> ByteString.copyFrom(bytes).newInput());

    try (InputStream in = storage.blobs().read(SCOPE, digest, 0, 0)) {
      byte[] first = in.readNBytes(1 << 20);
      stopShard(candidates(digest).get(0));
      byte[] rest = in.readAllBytes();

      assertThat(first).isEqualTo(Arrays.copyOf(bytes, 1 << 20));
      assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 1 << 20, bytes.length));
    }
    try (InputStream in = storage.blobs().read(SCOPE, digest, 5 << 20, 1 << 20)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 5 << 20, 6 << 20));
    }
  }

  @Test
  void everyShardSaysHowItStands_whatItOwesAndHowFarItIsWithWhatItLacks() throws Exception {
    Map<Digest, ByteString> blobs = blobs(50);
    Endpoint away = names.get(1);
    stopShard(away);
    loseDisk(away);
    storage.blobs().writeAll(SCOPE, blobs);

    List<ShardReport> meanwhile = storage.inspect();
    startShard(away);
    awaitComplete(away);
    names.forEach(this::awaitNoDebts);
    List<ShardReport> after = storage.inspect();

    assertThat(meanwhile).extracting(ShardReport::shard).containsExactlyElementsOf(names);
    assertThat(meanwhile.get(1)).isInstanceOf(ShardReport.Silent.class);
    long belongThere =
        blobs.keySet().stream()
            .filter(digest -> candidates(digest).subList(0, 2).contains(away))
            .count();
    assertThat(owed(meanwhile.get(0), away) + owed(meanwhile.get(2), away)).isEqualTo(belongThere);
    assertThat(owed(after.get(0), away) + owed(after.get(2), away)).isZero();
    Repair repair = answer(after.get(1)).getRepair();
    assertThat(repair.getComplete()).isTrue();
    assertThat(repair.getAwaitedShardsList()).isEmpty();
    assertThat(repair.getComparedBlobs()).isGreaterThanOrEqualTo(blobs.size());
    assertThat(answer(after.get(1)).getBlobs().getEntries()).isEqualTo(belongThere);
    assertThat(answer(after.get(1)).getBlobs().hasRetention()).as("nothing was evicted").isFalse();
    assertThat(moved(after)).as("owed, or found in the comparison").isGreaterThan(0);
  }

  private static InspectShardResponse answer(ShardReport report) {
    return ((ShardReport.Answered) report).answer();
  }

  private static long owed(ShardReport report, Endpoint whom) {
    return answer(report).getRepair().getDebtsList().stream()
        .filter(debt -> debt.getShard().equals(whom.toString()))
        .mapToLong(Debt::getItems)
        .sum();
  }

  private static long moved(List<ShardReport> reports) {
    return reports.stream().mapToLong(report -> answer(report).getRepair().getMovedItems()).sum();
  }

  @Test
  void anEmptyReplacementGetsWhatTheOthersHold_andIsNotBelievedBefore() throws Exception {
    Map<Digest, ByteString> blobs = blobs(300);
    storage.blobs().writeAll(SCOPE, blobs);
    Endpoint lost = names.get(1);

    stopShard(lost);
    loseDisk(lost);
    startShard(lost);
    assertThat(storage.blobs().findMissing(SCOPE, blobs.keySet())).isEmpty();
    awaitComplete(lost);

    for (Digest digest : blobs.keySet()) {
      assertThat(holds(lost, digest)).isEqualTo(candidates(digest).subList(0, 2).contains(lost));
    }
    stopShard(names.get(0));
    assertThat(storage.blobs().findMissing(SCOPE, blobs.keySet())).isEmpty();
    assertThat(storage.blobs().readAll(SCOPE, blobs.keySet())).isEqualTo(blobs);
  }

  @Test
  void theLaterOfTwoResultsCounts_whoeverWasAway() throws Exception {
    ActionKey key =
        new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));
    ActionResult first = ActionResult.newBuilder().setExitCode(1).build();
    ActionResult second = ActionResult.newBuilder().setExitCode(2).build();
    List<Endpoint> candidates = placement.candidates(new Item.Result(key));
    assertThat(storage.results().get(key)).isEmpty();

    storage.results().put(key, first);
    assertThat(storage.results().get(key)).contains(first);
    stopShard(candidates.get(0));
    storage.results().put(key, second);
    assertThat(storage.results().get(key)).contains(second);
    startShard(candidates.get(0));
    stopShard(candidates.get(1));
    assertThat(storage.results().get(key)).contains(second);
  }

  @Test
  void aResultIsAHitOnlyIfItsOutputsAreSomewhere() throws Exception {
    ActionKey key =
        new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text("action")));
    ByteString output = text("output");
    ActionResult result =
        ActionResult.newBuilder()
            .addOutputFiles(
                OutputFile.newBuilder().setPath("out").setDigest(digestOf(output).toProto()))
            .build();

    storage.results().put(key, result);
    assertThat(storage.results().get(key)).isEmpty();
    storage.blobs().writeAll(SCOPE, Map.of(digestOf(output), output));

    assertThat(storage.results().get(key)).contains(result);
  }

  @Test
  void wrongBytesAreRefused() {
    assertThatThrownBy(
            () -> storage.blobs().writeAll(SCOPE, Map.of(digestOf(text("these")), text("those"))))
        .isInstanceOf(DigestMismatchException.class);
  }
}
