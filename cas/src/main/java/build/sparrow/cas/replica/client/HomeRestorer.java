package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Has blobs brought back by one home of each: the first that is not suspected of being away. The
 * other home gets them as it gets whatever it lacks, from the next find on.
 */
final class HomeRestorer implements Restorer {
  private final Shards shards;

  HomeRestorer(Shards shards) {
    this.shards = shards;
  }

  @Override
  public Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException {
    Shards.View view = shards.now();
    Map<Endpoint, Set<Digest>> byHome = new LinkedHashMap<>();
    for (Digest digest : missing) {
      byHome
          .computeIfAbsent(home(view.placement(), scope, digest), _ -> new HashSet<>())
          .add(digest);
    }
    List<Callable<Set<Digest>>> calls = new ArrayList<>();
    byHome.forEach((home, digests) -> calls.add(() -> restore(view.get(home), scope, digests)));
    Set<Digest> restored = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Set<Digest>> call : threads.invokeAll(calls)) {
        restored.addAll(call.resultNow());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while shards were asked to restore");
    }
    return restored;
  }

  private Endpoint home(Placement placement, BlobScope scope, Digest digest) {
    List<Endpoint> homes = placement.homes(new Item.Blob(scope, digest));
    Set<Endpoint> suspects = shards.suspects();
    return homes.stream()
        .filter(home -> !suspects.contains(home))
        .findFirst()
        .orElse(homes.getFirst());
  }

  private static Set<Digest> restore(Shard home, BlobScope scope, Set<Digest> digests) {
    try {
      return home.restore(scope, digests);
    } catch (IOException _) {
      // As if there were no tier.
      return Set.of();
    }
  }
}
