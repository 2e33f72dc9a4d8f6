package build.sparrow.cas.tier;

import static build.sparrow.cas.SampleBlobs.SCOPE;
import static build.sparrow.cas.SampleBlobs.digestOf;
import static build.sparrow.cas.SampleBlobs.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.InMemoryBlobStore;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.RestoringBlobStore;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.Digest;
import build.sparrow.storage.v1.TierStatus;
import com.google.protobuf.ByteString;
import io.prometheus.client.CollectorRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class TierTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final InMemoryObjectStore objects = new InMemoryObjectStore();
  private final InMemoryBlobStore disk = new InMemoryBlobStore();
  private Predicate<Item.Blob> mine = _ -> true;
  private CollectorRegistry registry;
  private Tier tier;
  private BlobStore store;

  @BeforeEach
  void start() throws Exception {
    registry = new CollectorRegistry();
    tier = Tier.start(objects, "farm/", folder, disk, blob -> mine.test(blob), registry);
    BlobStore behind = tier.behind(disk);
    store = new RestoringBlobStore(behind, tier.into(behind));
  }

  @AfterEach
  void stop() {
    objects.answersFrom.countDown();
    tier.close();
  }

  private static Map<Digest, ByteString> blobs(String what, int count) {
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (int i = 0; i < count; i++) {
      blobs.put(digestOf(text(what + i)), text(what + i));
    }
    return blobs;
  }

  private static String name(Digest digest) {
    return "farm/blobs/sha256/i/" + digest.hash() + "-" + digest.sizeBytes();
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what + ": " + tier.status()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void awaitUploaded(Map<Digest, ByteString> blobs) {
    await(
        "uploads",
        () -> blobs.keySet().stream().allMatch(d -> objects.objects.containsKey(name(d))));
  }

  @Test
  void whatIsStoredIsPutIntoTheTier_andBroughtBackWhenItIsRead() throws Exception {
    Map<Digest, ByteString> blobs = blobs("blob ", 300);
    store.writeAll(SCOPE, blobs);
    awaitUploaded(blobs);
    await("queue", () -> tier.status().getQueuedBlobs() == 0);

    blobs.keySet().forEach(disk::remove);
    Digest one = blobs.keySet().iterator().next();

    assertThat(store.findMissing(SCOPE, blobs.keySet())).isEqualTo(blobs.keySet());
    assertThat(store.read(SCOPE, one, 0, 0).readAllBytes())
        .isEqualTo(requireNonNull(blobs.get(one)).toByteArray());
    assertThat(store.readAll(SCOPE, blobs.keySet())).isEqualTo(blobs);
    assertThat(store.findMissing(SCOPE, blobs.keySet())).isEmpty();
    assertThat(registry.getSampleValue("sparrow_tier_uploaded_blobs_total")).isEqualTo(300);
    assertThat(registry.getSampleValue("sparrow_tier_restored_blobs_total")).isEqualTo(300);
  }

  @Test
  void whatTheTierLacksIsMissing() {
    Digest absent = digestOf(text("never stored"));

    assertThatThrownBy(() -> store.read(SCOPE, absent, 0, 0))
        .isInstanceOf(BlobMissingException.class);
    assertThat(tier.status().getFailures()).isZero();
  }

  @Test
  void aTierThatIsAwayFailsNothing_isNotAskedForLong_andGetsEverythingLater() throws Exception {
    objects.isAway = true;
    Map<Digest, ByteString> blobs = blobs("blob ", 100);
    Digest absent = digestOf(text("never stored"));

    store.writeAll(SCOPE, blobs);
    await("breaker", () -> !tier.status().getAvailable());
    assertThatThrownBy(() -> store.read(SCOPE, absent, 0, 0))
        .isInstanceOf(BlobMissingException.class);
    int asked = objects.gets.get();
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(() -> store.read(SCOPE, absent, 0, 0))
          .isInstanceOf(BlobMissingException.class);
    }
    assertThat(objects.gets.get() - asked).isLessThan(10);
    TierStatus away = tier.status();
    objects.isAway = false;
    awaitUploaded(blobs);

    assertThat(away.getLastFailure()).isEqualTo("away");
    assertThat(away.getQueuedBlobs()).isEqualTo(100);
    await("breaker", () -> tier.status().getAvailable());
    assertThat(tier.status().getDroppedBlobs()).isZero();
    assertThat(registry.getSampleValue("sparrow_tier_unavailable")).isZero();
  }

  @Test
  void whatWaitsForTheTierSurvivesARestart() throws Exception {
    objects.isAway = true;
    Map<Digest, ByteString> blobs = blobs("blob ", 100);
    store.writeAll(SCOPE, blobs);

    stop();
    objects.isAway = false;
    start();

    awaitUploaded(blobs);
  }

  @Test
  void whatBreaksInAFetchIsMissing_andIsFetchedWhenItIsAskedForAgain() throws Exception {
    Digest gone = digestOf(text("gone"));
    objects.objects.put(name(gone), text("gone"));
    objects.isBroken = true;
    assertThatThrownBy(() -> store.read(SCOPE, gone, 0, 0))
        .isInstanceOf(BlobMissingException.class);

    objects.isBroken = false;

    assertThat(store.readAll(SCOPE, Set.of(gone))).containsEntry(gone, text("gone"));
  }

  @Test
  void whatAServiceAnswersIsCutWhereATableEnds() {
    TierHealth health = new TierHealth(System::nanoTime);

    health.failed(new TierException("<html>".repeat(1_000), false, null));

    assertThat(health.lastFailure()).hasSize(200).startsWith("<html>");
  }

  @Test
  void wrongBytesAreNeverServed() throws Exception {
    ByteString blob = text("the right bytes");
    Digest digest = digestOf(blob);
    for (String wrong : List.of("not the right b", "too short", "much too long to be right")) {
      objects.objects.put(name(digest), text(wrong));

      assertThatThrownBy(() -> store.read(SCOPE, digest, 0, 0))
          .isInstanceOf(BlobMissingException.class);
      assertThat(disk.holds(digest)).isFalse();
    }
    assertThat(tier.status().getCorruptBlobs()).isEqualTo(3);
    objects.objects.put(name(digest), blob);
    assertThat(store.readAll(SCOPE, Set.of(digest))).containsEntry(digest, blob);
  }

  @Test
  void aSlowTierIsWaitedForUpToItsLimit_andNoWriteWaitsForIt() throws Exception {
    Map<Digest, ByteString> blobs = blobs("blob ", 10);
    Digest gone = digestOf(text("gone"));
    objects.objects.put(name(gone), text("gone"));
    objects.answersFrom = new CountDownLatch(1);
    Restorer impatient =
        new TierRestorer(
            objects,
            new ObjectNames("farm/"),
            disk,
            new TierHealth(System::nanoTime),
            Duration.ofMillis(50));

    store.writeAll(SCOPE, blobs);
    Set<Digest> inTime = impatient.restore(SCOPE, Set.of(gone));
    objects.answersFrom.countDown();

    assertThat(inTime).isEmpty();
    assertThat(disk.findMissing(SCOPE, blobs.keySet())).isEmpty();
    awaitUploaded(blobs);
  }

  @Test
  void oneBlobIsFetchedOnce_howeverManyAskForIt() throws Exception {
    Digest gone = digestOf(text("gone"));
    objects.objects.put(name(gone), text("gone"));
    objects.answersFrom = new CountDownLatch(1);
    Restorer restorer = tier.into(disk);

    List<Future<Set<Digest>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        answers.add(threads.submit(() -> restorer.restore(SCOPE, Set.of(gone))));
      }
      await("the fetch", () -> objects.gets.get() > 0);
      objects.answersFrom.countDown();
    }

    for (Future<Set<Digest>> answer : answers) {
      assertThat(answer.get()).containsExactly(gone);
    }
    // Who came when it was over asked once more.
    assertThat(objects.gets.get()).isLessThan(50);
  }

  @Test
  void whatIsTooMuchForOneCallStaysMissing() throws Exception {
    Digest large = new Digest("0123456789abcdef".repeat(4), TierRestorer.MAX_BYTES + 1);

    assertThat(tier.into(disk).restore(SCOPE, Set.of(large))).isEmpty();

    assertThat(objects.calls.get()).isZero();
  }

  @Test
  void whatIsNotOursIsLeftToOthers_andWhatIsThereIsNotPutAgain() throws Exception {
    Map<Digest, ByteString> ours = blobs("ours ", 20);
    Map<Digest, ByteString> others = blobs("others ", 20);
    Map<Digest, ByteString> present = blobs("present ", 20);
    present.forEach((digest, blob) -> objects.objects.put(name(digest), blob));
    mine = blob -> !others.containsKey(blob.digest());

    store.writeAll(SCOPE, others);
    store.writeAll(SCOPE, present);
    store.writeAll(SCOPE, ours);
    awaitUploaded(ours);
    await("queue", () -> tier.status().getQueuedBlobs() == 0);

    assertThat(objects.objects.keySet())
        .doesNotContainAnyElementsOf(others.keySet().stream().map(TierTest::name).toList());
    assertThat(tier.status().getUploadedBlobs()).isEqualTo(20);
  }

  @Test
  void whatTheTierRefusesOrWasEvictedIsLeftOut_andTheRestGoesOn() throws Exception {
    Map<Digest, ByteString> refused = blobs("refused ", 3);
    Map<Digest, ByteString> evicted = blobs("evicted ", 4);
    Map<Digest, ByteString> good = blobs("good ", 20);
    Set<String> names = Set.copyOf(refused.keySet().stream().map(TierTest::name).toList());
    objects.refuses = names::contains;
    objects.answersFrom = new CountDownLatch(1);

    store.writeAll(SCOPE, refused);
    store.writeAll(SCOPE, evicted);
    evicted.keySet().forEach(disk::remove);
    store.writeAll(SCOPE, good);
    objects.answersFrom.countDown();

    awaitUploaded(good);
    await("queue", () -> tier.status().getQueuedBlobs() == 0);
    assertThat(tier.status().getDroppedBlobs()).isEqualTo(7);
    assertThat(tier.status().getAvailable()).isTrue();
  }

  @Test
  void whatFindsNoRoomInTheQueueIsDroppedAndCounted() throws Exception {
    objects.isAway = true;
    TierHealth health = new TierHealth(System::nanoTime);
    Map<Digest, ByteString> blobs = blobs("blob ", 50);
    ObjectNames names = new ObjectNames("farm/");
    try (WriteBehind queue =
        WriteBehind.open(folder.resolve("small"), objects, names, disk, health, 2_000)) {
      for (int round = 0; round < 5; round++) {
        long before = queue.queuedBlobs() + health.droppedBlobs.sum();
        blobs.keySet().forEach(digest -> queue.offer(new Item.Blob(SCOPE, digest)));
        await(
            "the log",
            () -> queue.queuedBlobs() + health.droppedBlobs.sum() == before + blobs.size());
        await("the memory", () -> queue.queueBytes() > 0 || health.droppedBlobs.sum() > 0);
      }

      await("drops", () -> health.droppedBlobs.sum() > 0);
      assertThat(queue.queueBytes()).isLessThanOrEqualTo(2_000);
    }
  }
}
