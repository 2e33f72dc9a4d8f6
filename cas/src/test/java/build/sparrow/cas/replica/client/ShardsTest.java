package build.sparrow.cas.replica.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardsTest {
  private static final Endpoint NAME = new Endpoint("s", 1);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Placement ALONE = Placement.alone(NAME);

  private final RecordingShard shard = new RecordingShard(ALONE);
  private final Shards shards = new Shards(ALONE, (_, _) -> shard);

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

  @Test
  void callsGoByANewPlacementOnceTheShardsHaveIt_andThoseThatLagAreToldOfIt() {
    List<Endpoint> names =
        List.of(new Endpoint("a", 1), new Endpoint("b", 1), new Endpoint("c", 1));
    Endpoint joining = new Endpoint("n", 1);
    Placement founding = new Placement(names, 2);
    Map<Endpoint, RecordingShard> fakes = new HashMap<>();
    names.forEach(name -> fakes.put(name, new RecordingShard(founding)));
    fakes.put(joining, new RecordingShard(founding));
    fake(fakes, names.get(1)).hears = false;
    fake(fakes, names.get(2)).hears = false;
    Placement joined = founding.joinedBy(joining);
    try (Shards all = new Shards(founding, (name, _) -> fake(fakes, name))) {
      all.propose(joined);
      await(() -> fake(fakes, names.get(0)).placement.equals(joined));
      await(() -> fake(fakes, joining).placement.equals(joined));
      assertThat(all.now().placement()).isEqualTo(founding);

      fake(fakes, names.get(1)).hears = true;
      await(() -> all.now().placement().equals(joined));

      assertThat(all.newest()).isEqualTo(joined);
    }
  }

  private static RecordingShard fake(Map<Endpoint, RecordingShard> fakes, Endpoint name) {
    return requireNonNull(fakes.get(name));
  }
}
