package build.sparrow.cas.replica.client;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CompletenessCheckingActionCache;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.RestoringBlobStore;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.Placements;
import build.sparrow.cas.replica.RemoteShard;
import build.sparrow.cas.replica.call.Growth;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.storage.v1.InspectShardRequest;
import build.sparrow.storage.v1.Repair;
import build.sparrow.storage.v1.ShardGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The storage of a farm, at however many shards it is. Connects at the first call. */
public final class ReplicatedStorage implements AutoCloseable {
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private static final Duration INSPECTION = Duration.ofSeconds(2);

  private final Map<Endpoint, ManagedChannel> channels;
  private final BlobStore blobs;
  private final ActionCache results;
  private final @Nullable Shards shards;

  private ReplicatedStorage(
      Map<Endpoint, ManagedChannel> channels,
      BlobStore blobs,
      ActionCache results,
      @Nullable Shards shards) {
    this.channels = channels;
    this.blobs = blobs;
    this.results = results;
    this.shards = shards;
  }

  /** The storage, over connections of its own. */
  public static ReplicatedStorage connect(Placement placement) {
    Map<Endpoint, ManagedChannel> channels = new ConcurrentHashMap<>();
    if (placement.shards().size() == 1) {
      // A shard that is alone says itself which results are complete.
      ManagedChannel only = channel(channels, placement.shards().getFirst());
      return new ReplicatedStorage(
          channels, new RemoteBlobStore(only), new RemoteActionCache(only), null);
    }
    Shards all =
        new Shards(placement, (shard, epoch) -> RemoteShard.at(epoch, channel(channels, shard)));
    Restorer restorer = new HomeRestorer(all);
    BlobStore blobs = new RestoringBlobStore(new ReplicatedBlobStore(all), restorer);
    ActionCache results = new ReplicatedActionCache(all, InstantSource.system());
    return new ReplicatedStorage(
        channels, blobs, new CompletenessCheckingActionCache(results, blobs, restorer), all);
  }

  private static ManagedChannel channel(Map<Endpoint, ManagedChannel> channels, Endpoint shard) {
    return channels.computeIfAbsent(shard, GrpcChannels::connect);
  }

  /** The blobs. */
  public BlobStore blobs() {
    return blobs;
  }

  /** The results of actions; one is there only if all that it references is. */
  public ActionCache results() {
    return results;
  }

  /** Asks every shard how it stands, all at once; returns after 2 s at the latest. */
  public List<ShardReport> inspect() throws InterruptedIOException {
    return inspect(shards == null ? List.copyOf(channels.keySet()) : shards.newest().members());
  }

  private List<ShardReport> inspect(List<Endpoint> asked) throws InterruptedIOException {
    List<Callable<ShardReport>> questions = new ArrayList<>();
    asked.forEach(shard -> questions.add(() -> inspect(shard, channel(channels, shard))));
    List<ShardReport> reports = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.invokeAll(questions).forEach(report -> reports.add(report.resultNow()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while shards were asked how they stand");
    }
    return reports;
  }

  /**
   * Takes the storage one step nearer to having these shards, if it may take one now. None is taken
   * away.
   *
   * @param wanted all that the farm is to have, in the order in which they come
   * @throws IllegalArgumentException if the farm has others
   */
  public GrowthReport grow(List<Endpoint> wanted) throws InterruptedIOException {
    if (shards == null) {
      throw new IllegalArgumentException(
          "the farm has one shard, and its blobs one copy; make another farm with 3 shards or"
              + " more");
    }
    Placement newest = shards.newest();
    List<Endpoint> there = newest.members();
    int known = Math.min(wanted.size(), there.size());
    if (!wanted.subList(0, known).equals(there.subList(0, known))) {
      throw new IllegalArgumentException(
          "shards are %s, while the farm has %s; give these first, in that order"
              .formatted(wanted, there));
    }
    if (wanted.size() <= newest.shards().size()) {
      return new GrowthReport(newest, "");
    }
    List<Endpoint> asked = new ArrayList<>(there);
    if (newest.joining().isEmpty()) {
      asked.add(wanted.get(there.size()));
    }
    List<ShardReport> reports = inspect(asked);
    if (newest.joining().isEmpty()
        && reports.getLast() instanceof ShardReport.Silent(var shard, var reason)) {
      return new GrowthReport(newest, doesNotAnswer(shard, reason));
    }
    reports = reports.subList(0, there.size());
    Optional<Placement> next = Growth.next(newest, standings(reports, newest.copies()), wanted);
    next.ifPresent(shards::propose);
    return new GrowthReport(shards.newest(), next.isPresent() ? "" : waiting(newest, reports));
  }

  private static Map<Endpoint, Growth.Standing> standings(List<ShardReport> reports, int copies) {
    Map<Endpoint, Growth.Standing> standings = new HashMap<>();
    for (ShardReport report : reports) {
      if (report instanceof ShardReport.Answered(var shard, var answer)
          && answer.getRepair().hasPlacement()) {
        Repair repair = answer.getRepair();
        standings.put(
            shard,
            new Growth.Standing(
                Placements.parse(repair.getPlacement(), copies), repair.getComplete()));
      }
    }
    return standings;
  }

  private static String doesNotAnswer(Endpoint shard, String reason) {
    return "shard %s does not answer (%s)".formatted(shard, reason);
  }

  /** For people, whom the next step waits for; empty for nobody. */
  private static String waiting(Placement newest, List<ShardReport> reports) {
    List<String> reasons = new ArrayList<>();
    for (ShardReport report : reports) {
      switch (report) {
        case ShardReport.Silent(var shard, var reason) -> reasons.add(doesNotAnswer(shard, reason));
        case ShardReport.Answered(var shard, var answer) -> {
          Repair repair = answer.getRepair();
          if (!repair.getPlacement().equals(Placements.toProto(newest))) {
            reasons.add("shard %s does not know of the last step yet".formatted(shard));
          } else if (!repair.getComplete()) {
            reasons.add(
                "shard %s fetches what other shards hold for it, %d blobs compared so far"
                    .formatted(shard, repair.getComparedBlobs()));
          }
        }
      }
    }
    return String.join("; ", reasons);
  }

  private static ShardReport inspect(Endpoint shard, ManagedChannel channel) {
    try {
      return new ShardReport.Answered(
          shard,
          ShardGrpc.newBlockingStub(channel)
              .withDeadlineAfter(INSPECTION.toMillis(), TimeUnit.MILLISECONDS)
              .inspect(InspectShardRequest.getDefaultInstance()));
    } catch (StatusRuntimeException e) {
      return new ShardReport.Silent(shard, e.getStatus().getCode().toString());
    }
  }

  /** Disconnects; what was sent may go out. */
  @Override
  public void close() {
    if (shards != null) {
      shards.close();
    }
    channels.values().forEach(ManagedChannel::shutdown);
    long deadlineNanos = System.nanoTime() + FLUSH.toNanos();
    try {
      for (ManagedChannel channel : channels.values()) {
        var _ = channel.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
