package build.sparrow.cas.replica.client;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CompletenessCheckingActionCache;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.RestoringBlobStore;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.RemoteShard;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.storage.v1.InspectShardRequest;
import build.sparrow.storage.v1.ShardGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
    Map<Endpoint, ManagedChannel> channels = new LinkedHashMap<>();
    Map<Endpoint, Shard> shards = new LinkedHashMap<>();
    for (Endpoint shard : placement.shards()) {
      ManagedChannel channel = GrpcChannels.connect(shard);
      channels.put(shard, channel);
      shards.put(shard, new RemoteShard(channel));
    }
    if (channels.size() == 1) {
      // A shard that is alone says itself which results are complete.
      ManagedChannel only = channels.values().iterator().next();
      return new ReplicatedStorage(
          channels, new RemoteBlobStore(only), new RemoteActionCache(only), null);
    }
    Shards all = new Shards(shards);
    Restorer restorer = new HomeRestorer(placement, all);
    BlobStore blobs = new RestoringBlobStore(new ReplicatedBlobStore(placement, all), restorer);
    ActionCache results = new ReplicatedActionCache(placement, all, InstantSource.system());
    return new ReplicatedStorage(
        channels, blobs, new CompletenessCheckingActionCache(results, blobs, restorer), all);
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
    List<Callable<ShardReport>> questions = new ArrayList<>();
    channels.forEach((shard, channel) -> questions.add(() -> inspect(shard, channel)));
    List<ShardReport> reports = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.invokeAll(questions).forEach(report -> reports.add(report.resultNow()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while shards were asked how they stand");
    }
    return reports;
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
