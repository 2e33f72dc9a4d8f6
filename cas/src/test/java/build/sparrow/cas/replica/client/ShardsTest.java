package build.sparrow.cas.replica.client;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardsTest {
  private static final Endpoint NAME = new Endpoint("s", 1);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final PingedShard shard = new PingedShard();
  private final Shards shards = new Shards(Map.of(NAME, shard));

  @AfterEach
  void close() {
    shards.close();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void awaitGeneration(String generation) {
    await(() -> generation.equals(shards.generations().get(NAME)));
  }

  @Test
  void whoDoesNotAnswerIsSuspectedUntilItDoes() {
    awaitGeneration("one");
    assertThat(shards.suspects()).isEmpty();

    shard.generation = Optional.empty();
    await(() -> shards.suspects().contains(NAME));
    shard.generation = Optional.of("one");
    await(() -> shards.suspects().isEmpty());
  }

  @Test
  void aFailedCallMakesASuspect() {
    awaitGeneration("one");

    shards.suspect(NAME);

    await(() -> shards.suspects().isEmpty());
  }

  @Test
  void whatAShardTookDoesNotCount_onceItIsAnotherOneOrSilent() {
    awaitGeneration("one");
    Map<Endpoint, String> before = shards.generations();
    assertThat(shards.mayHaveLost(NAME, before)).isFalse();

    shard.generation = Optional.empty();
    await(() -> shards.mayHaveLost(NAME, before));
    shard.generation = Optional.of("one");
    await(() -> !shards.mayHaveLost(NAME, before));
    shard.generation = Optional.of("two");
    await(() -> shards.mayHaveLost(NAME, before));
  }

  /** A shard of which only the pings matter. */
  private static final class PingedShard implements Shard {
    private volatile Optional<String> generation = Optional.of("one");

    @Override
    public Optional<Status> status() {
      return generation.map(each -> new Status(each, Map.of()));
    }

    @Override
    public BlobStore blobs() {
      throw new UnsupportedOperationException();
    }

    @Override
    public InputStream readUnverified(BlobScope scope, Digest digest, long offset, long limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Absent find(BlobScope scope, Collection<Digest> digests) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Entry lookUp(ActionKey key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void put(ActionKey key, ActionResult result) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void owe(Endpoint owed, Collection<Item> items) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void copy(BlobScope scope, Digest digest, Endpoint to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void list(Endpoint other, Part part) {
      throw new UnsupportedOperationException();
    }
  }
}
