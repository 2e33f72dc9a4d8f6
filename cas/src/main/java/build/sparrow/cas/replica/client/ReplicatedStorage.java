package build.sparrow.cas.replica.client;

import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CompletenessCheckingActionCache;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.replica.RemoteShard;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The storage of a farm, at however many shards it is. Connects at the first call. */
public final class ReplicatedStorage implements AutoCloseable {
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final List<ManagedChannel> channels;
  private final BlobStore blobs;
  private final ActionCache results;
  private final @Nullable Shards shards;

  private ReplicatedStorage(
      List<ManagedChannel> channels,
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
    List<ManagedChannel> channels = new ArrayList<>();
    Map<Endpoint, Shard> shards = new LinkedHashMap<>();
    for (Endpoint shard : placement.shards()) {
      ManagedChannel channel = GrpcChannels.connect(shard);
      channels.add(channel);
      shards.put(shard, new RemoteShard(channel));
    }
    if (channels.size() == 1) {
      // A shard that is alone says itself which results are complete.
      ManagedChannel only = channels.getFirst();
      return new ReplicatedStorage(
          channels, new RemoteBlobStore(only), new RemoteActionCache(only), null);
    }
    Shards all = new Shards(shards);
    BlobStore blobs = new ReplicatedBlobStore(placement, all);
    ActionCache results = new ReplicatedActionCache(placement, all, InstantSource.system());
    return new ReplicatedStorage(
        channels, blobs, new CompletenessCheckingActionCache(results, blobs), all);
  }

  /** The blobs. */
  public BlobStore blobs() {
    return blobs;
  }

  /** The results of actions; one is there only if all that it references is. */
  public ActionCache results() {
    return results;
  }

  /** Disconnects; what was sent may go out. */
  @Override
  public void close() {
    if (shards != null) {
      shards.close();
    }
    channels.forEach(ManagedChannel::shutdown);
    long deadlineNanos = System.nanoTime() + FLUSH.toNanos();
    try {
      for (ManagedChannel channel : channels) {
        var _ = channel.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
