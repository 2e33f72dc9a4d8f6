package build.sparrow.cas.replica.client;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.Stamps;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.LookUpCall;
import build.sparrow.cas.replica.call.ReplicaEffect;
import build.sparrow.cas.replica.call.ReplicaEffect.Find;
import build.sparrow.cas.replica.call.ReplicaEffect.LookUp;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Read;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent;
import build.sparrow.cas.replica.call.Stamp;
import build.sparrow.cas.replica.call.WriteCall;
import build.sparrow.cas.replica.client.Shards.View;
import build.sparrow.reapi.ActionKey;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Results of actions that lie on several shards; of two results the one put later counts. */
final class ReplicatedActionCache implements ActionCache {
  private static final Duration PATIENCE = Duration.ofMillis(100);
  private static final Duration WRITE_PATIENCE = Duration.ofSeconds(1);

  private final Shards shards;
  private final InstantSource clock;

  ReplicatedActionCache(Shards shards, InstantSource clock) {
    this.shards = shards;
    this.clock = clock;
  }

  @Override
  public Optional<ActionResult> get(ActionKey key) throws IOException {
    Perseverance perseverance = new Perseverance("GetActionResult", System::nanoTime);
    while (true) {
      Map<Endpoint, ActionResult> results = new ConcurrentHashMap<>();
      View view = shards.now();
      LookUpCall call = new LookUpCall(view.placement(), new Item.Result(key), shards.suspects());
      IOException failure =
          Conversation.hold(call, shards, PATIENCE, effect -> lookUp(view, key, effect, results));
      if (!call.isUnknown()) {
        return call.newest().map(results::get).map(Stamps::without);
      }
      perseverance.pauseOrThrow(failure);
    }
  }

  private static ReplicaEvent lookUp(
      View view, ActionKey key, ReplicaEffect effect, Map<Endpoint, ActionResult> results)
      throws IOException {
    return switch (effect) {
      case LookUp(var shard, _) -> {
        Shard.Entry entry = view.get(shard).lookUp(key);
        entry.result().ifPresent(result -> results.put(shard, result));
        yield new ReplicaEvent.Looked(shard, entry.result().map(Stamps::of), entry.complete());
      }
      case Owe(var shard, var owed, var items) -> {
        view.get(shard).owe(owed, items);
        yield new ReplicaEvent.Done(effect);
      }
      case Find _, Read _, Store _ -> throw unwanted(effect);
    };
  }

  private static IllegalArgumentException unwanted(ReplicaEffect effect) {
    return new IllegalArgumentException("This call wants no " + effect);
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    ActionResult stamped =
        Stamps.stamped(result, new Stamp(clock.millis(), ThreadLocalRandom.current().nextLong()));
    Perseverance perseverance = new Perseverance("UpdateActionResult", System::nanoTime);
    while (true) {
      View view = shards.now();
      WriteCall call =
          new WriteCall(view.placement(), Set.of(new Item.Result(key)), shards.suspects());
      Map<Endpoint, String> before = shards.generations();
      IOException failure =
          Conversation.hold(
              call, shards, WRITE_PATIENCE, effect -> put(view, key, stamped, effect));
      boolean lost = call.takers().stream().anyMatch(shard -> shards.mayHaveLost(shard, before));
      if (call.unwritten().isEmpty() && !lost) {
        return;
      }
      perseverance.pauseOrThrow(failure);
    }
  }

  private static ReplicaEvent put(
      View view, ActionKey key, ActionResult stamped, ReplicaEffect effect) throws IOException {
    switch (effect) {
      case Store(var shard, _) -> view.get(shard).put(key, stamped);
      case Owe(var shard, var owed, var items) -> view.get(shard).owe(owed, items);
      case Find _, Read _, LookUp _ -> throw unwanted(effect);
    }
    return new ReplicaEvent.Done(effect);
  }
}
