package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Items by the shard that is to be asked for them next, so that each is asked once a round. */
final class Rounds {
  private final Map<Endpoint, Set<Item>> byShard = new LinkedHashMap<>();

  void add(Endpoint shard, Item item) {
    byShard.computeIfAbsent(shard, _ -> new LinkedHashSet<>()).add(item);
  }

  List<ReplicaEffect> effects(BiFunction<Endpoint, Set<Item>, ReplicaEffect> kind) {
    List<ReplicaEffect> effects = new ArrayList<>(byShard.size());
    byShard.forEach((shard, items) -> effects.add(kind.apply(shard, items)));
    return effects;
  }
}
