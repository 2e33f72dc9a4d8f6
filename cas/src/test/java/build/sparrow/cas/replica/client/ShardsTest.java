package build.sparrow.cas.replica.client;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardsTest {
  private static final Endpoint NAME = new Endpoint("s", 1);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final RecordingShard shard = new RecordingShard();
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
}
