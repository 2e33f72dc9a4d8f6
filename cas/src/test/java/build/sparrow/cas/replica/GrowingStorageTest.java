package build.sparrow.cas.replica;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.random;
import static build.sparrow.cas.SampleBlobs.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasConfig;
import build.sparrow.cas.CasMain;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.cas.replica.client.GrowthReport;
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
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards in one process that are joined by others while clients go on. */
class GrowingStorageTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<Endpoint> names = FreeEndpoints.of(5);
  private final Placement founding = new Placement(names.subList(0, 3), 2);
  private final Map<Endpoint, CasMain> shards = new HashMap<>();
  private final List<ReplicatedStorage> clients = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    for (Endpoint name : founding.shards()) {
      startShard(name);
    }
  }

  @AfterEach
  void stop() {
    clients.forEach(ReplicatedStorage::close);
    shards.values().forEach(CasMain::close);
  }

  /** As in a cluster, where all are told of the shards that the farm was made with. */
  private void startShard(Endpoint name) throws Exception {
    shards.put(
        name,
        CasMain.start(
            new CasConfig(
                name,
                folder.resolve("shard-" + names.indexOf(name)),
                DataSize.ofMebibytes(64),
                Duration.ofHours(3),
                new Membership(name, founding)),
            new CollectorRegistry()));
  }

  private void stopShard(Endpoint name) {
    Objects.requireNonNull(shards.remove(name)).close();
  }

  private ReplicatedStorage connect() {
    ReplicatedStorage client = ReplicatedStorage.connect(founding);
    clients.add(client);
    return client;
  }

  private static void growTo(ReplicatedStorage storage, List<Endpoint> wanted) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Placement last = new Placement(wanted, 2);
    GrowthReport report = storage.grow(wanted);
    while (!report.placement().equals(last) || !areAllAt(last, storage)) {
      assertThat(System.nanoTime()).as(report.toString()).isLessThan(deadline);
      Thread.sleep(50);
      report = storage.grow(wanted);
    }
  }

  private static boolean areAllAt(Placement placement, ReplicatedStorage storage)
      throws IOException {
    return storage.inspect().stream()
        .allMatch(
            report ->
                report instanceof ShardReport.Answered(_, var answer)
                    && answer.getRepair().getPlacement().equals(Placements.toProto(placement)));
  }

  private Set<Digest> missingAt(Endpoint name, Set<Digest> digests) throws IOException {
    ManagedChannel channel = GrpcChannels.connect(name);
    try {
      return new RemoteBlobStore(channel).findMissing(SCOPE, digests);
    } finally {
      channel.shutdownNow();
    }
  }

  private static ActionKey action(String name) {
    return new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, digestOf(text(name)));
  }

  private static ActionResult result(int exitCode) {
    return ActionResult.newBuilder().setExitCode(exitCode).build();
  }

  /** A client that stores and at once looks for what it and nobody else has stored. */
  private static Map<Digest, ByteString> work(
      String who, ReplicatedStorage storage, AtomicBoolean enough) throws IOException {
    Map<Digest, ByteString> stored = new HashMap<>();
    for (int round = 0; !enough.get(); round++) {
      Map<Digest, ByteString> batch = new HashMap<>();
      for (int i = 0; i < 10; i++) {
        ByteString blob = text("%s %d %d".formatted(who, round, i));
        batch.put(digestOf(blob), blob);
      }
      assertThat(storage.blobs().findMissing(SCOPE, batch.keySet())).isEqualTo(batch.keySet());
      storage.blobs().writeAll(SCOPE, batch);
      stored.putAll(batch);
      assertThat(storage.blobs().findMissing(SCOPE, stored.keySet())).isEmpty();
      assertThat(storage.blobs().readAll(SCOPE, batch.keySet())).isEqualTo(batch);
      ActionKey action = action(who + round);
      storage.results().put(action, result(round));
      assertThat(storage.results().get(action)).contains(result(round));
    }
    return stored;
  }

  @Test
  void twoShardsJoin_andNobodyWhoWorksNotices() throws Exception {
    ReplicatedStorage operator = connect();
    ReplicatedStorage one = connect();
    ReplicatedStorage other = connect();
    AtomicBoolean enough = new AtomicBoolean();
    Map<Digest, ByteString> stored = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Map<Digest, ByteString>>> work =
          List.of(() -> work("one", one, enough), () -> work("other", other, enough));
      List<Future<Map<Digest, ByteString>>> running = work.stream().map(threads::submit).toList();
      try {
        startShard(names.get(3));
        growTo(operator, names.subList(0, 4));
        startShard(names.get(4));
        growTo(operator, names);
      } finally {
        enough.set(true);
      }
      for (Future<Map<Digest, ByteString>> each : running) {
        stored.putAll(each.get());
      }
    }

    assertThat(stored).hasSizeGreaterThan(100);
    assertThat(connect().blobs().findMissing(SCOPE, stored.keySet())).isEmpty();
    Placement placement = new Placement(names, 2);
    for (Endpoint name : names) {
      Set<Digest> own =
          stored.keySet().stream()
              .filter(digest -> placement.homes(new Item.Blob(SCOPE, digest)).contains(name))
              .collect(Collectors.toSet());
      assertThat(missingAt(name, own)).as("missing at its home %s", name).isEmpty();
    }
  }

  @Test
  void whatWasStoredBefore_isFoundWhicheverShardGoesAfterwards() throws Exception {
    ReplicatedStorage storage = connect();
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      blobs.put(digestOf(text("blob " + i)), text("blob " + i));
    }
    storage.blobs().writeAll(SCOPE, blobs);
    for (int i = 0; i < 50; i++) {
      storage.results().put(action("action " + i), result(i));
    }
    startShard(names.get(3));

    growTo(storage, names.subList(0, 4));

    for (Endpoint away : names.subList(0, 4)) {
      stopShard(away);
      assertThat(storage.blobs().findMissing(SCOPE, blobs.keySet())).isEmpty();
      assertThat(storage.blobs().readAll(SCOPE, blobs.keySet())).isEqualTo(blobs);
      for (int i = 0; i < 50; i++) {
        assertThat(storage.results().get(action("action " + i))).contains(result(i));
      }
      startShard(away);
      awaitKnown(storage, new Placement(names.subList(0, 4), 2));
    }
  }

  /** Until it answers again, and by the placement that it wrote down. */
  private static void awaitKnown(ReplicatedStorage storage, Placement placement) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!areAllAt(placement, storage)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  @Test
  void whoGoesByAnEarlierPlacementIsRefused() throws Exception {
    ReplicatedStorage storage = connect();
    startShard(names.get(3));
    growTo(storage, names.subList(0, 4));
    ByteString blob = text("late");
    ManagedChannel channel = GrpcChannels.connect(names.get(0));
    try {
      Shard late = RemoteShard.at(founding.epoch(), channel);
      Shard current = RemoteShard.at(new Placement(names.subList(0, 4), 2).epoch(), channel);

      assertThatThrownBy(() -> late.find(SCOPE, Set.of(digestOf(blob))))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("epoch 8")
          .hasMessageContaining("goes by epoch 6");
      assertThatThrownBy(() -> late.blobs().writeAll(SCOPE, Map.of(digestOf(blob), blob)))
          .isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(() -> late.put(action("late"), result(0)))
          .isInstanceOf(StoreUnavailableException.class);

      assertThat(current.find(SCOPE, Set.of(digestOf(blob))).missing()).hasSize(1);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void anUploadThatIsUnderWayMeanwhileIsTaken() throws Exception {
    ReplicatedStorage storage = connect();
    byte[] bytes = random(7, 6 << 20).toByteArray();
    Digest digest = digestOf(ByteString.copyFrom(bytes));

    try (BlobUpload upload = storage.blobs().write(SCOPE, digest)) {
      upload.write(bytes, 0, 3 << 20);
      startShard(names.get(3));
      growTo(storage, names.subList(0, 4));
      upload.write(bytes, 3 << 20, 3 << 20);
      upload.commit();
    }

    assertThat(storage.blobs().findMissing(SCOPE, Set.of(digest))).isEmpty();
    Placement placement = new Placement(names.subList(0, 4), 2);
    long copies = 0;
    for (Endpoint candidate : placement.candidates(new Item.Blob(SCOPE, digest))) {
      copies += missingAt(candidate, Set.of(digest)).isEmpty() ? 1 : 0;
    }
    assertThat(copies).isGreaterThanOrEqualTo(2);
  }

  @Test
  void shardsAreNeitherTakenAwayNorReplaced_andOneThatIsAwayDoesNotJoin() throws Exception {
    ReplicatedStorage storage = connect();

    assertThat(storage.grow(names.subList(0, 2))).isEqualTo(new GrowthReport(founding, ""));
    assertThat(storage.grow(names.subList(0, 4)).waiting())
        .startsWith("shard %s does not answer".formatted(names.get(3)));
    assertThatThrownBy(() -> storage.grow(names.subList(1, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("give these first, in that order");
  }
}
