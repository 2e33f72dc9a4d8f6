package build.sparrow.cas.replica.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What changes while a shard joins three others. */
class GrowthTest {
  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);
  private static final Endpoint C = new Endpoint("c", 1);
  private static final Endpoint N = new Endpoint("n", 1);
  private static final Placement BEFORE = new Placement(List.of(A, B, C), 2);
  private static final Placement DURING = BEFORE.joinedBy(N);
  private static final Placement AFTER = DURING.joined();
  private static final Set<Endpoint> NOBODY = Set.of();

  private static Stream<Item> items() {
    return IntStream.range(0, 1_000)
        .mapToObj(
            number -> {
              Digest digest =
                  DigestFunction.SHA256.digestOf(new byte[] {(byte) number, (byte) (number >> 8)});
              return new Item.Blob(new BlobScope(InstanceName.ROOT, DigestFunction.SHA256), digest);
            });
  }

  private static Item anyWith(Predicate<Item> property) {
    return items().filter(property).findFirst().orElseThrow();
  }

  /** One of which the new shard comes to be the first home. */
  private static Item displaced() {
    return anyWith(item -> AFTER.homes(item).getFirst().equals(N));
  }

  @Test
  void eachEpochFollowsTheOneBefore_andNoOther() {
    assertThat(List.of(BEFORE.epoch(), DURING.epoch(), AFTER.epoch())).isSorted();
    assertThat(DURING.follows(BEFORE)).isTrue();
    assertThat(AFTER.follows(BEFORE)).isTrue();
    assertThat(AFTER.follows(DURING)).isTrue();
    assertThat(BEFORE.follows(BEFORE)).isFalse();
    assertThat(BEFORE.follows(DURING)).isFalse();
    assertThat(new Placement(List.of(A, B, N, C), 2).follows(BEFORE)).as("another farm").isFalse();
    assertThat(AFTER).isEqualTo(new Placement(List.of(A, B, C, N), 2));
  }

  @Test
  void oneShardJoinsAtATime_andNoneWhereItemsHaveOneCopy() {
    assertThatThrownBy(() -> DURING.joinedBy(new Endpoint("m", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("m:1 cannot join");
    assertThatThrownBy(() -> BEFORE.joinedBy(A)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Placement.alone(A).joinedBy(B))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(BEFORE::joined).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whileAShardJoinsNobodyAsksIt() {
    assertThat(items()).allMatch(item -> DURING.candidates(item).equals(BEFORE.candidates(item)));
  }

  @Test
  void whatIsWrittenMeanwhileIsSeenByBothCounts() {
    assertThat(items())
        .allSatisfy(
            item -> {
              Placement.Targets targets = DURING.targets(item);
              for (Endpoint one : targets.ranked()) {
                for (Endpoint other : targets.ranked()) {
                  Set<Endpoint> takers = one.equals(other) ? Set.of(one) : Set.of(one, other);
                  assertThat(targets.areEnough(takers))
                      .isEqualTo(
                          isCounted(BEFORE.candidates(item), takers)
                              && isCounted(AFTER.candidates(item), takers));
                }
              }
              assertThat(targets.homes())
                  .containsAll(BEFORE.homes(item))
                  .containsAll(AFTER.homes(item));
            });
  }

  private static boolean isCounted(List<Endpoint> candidates, Set<Endpoint> takers) {
    return candidates.stream().filter(takers::contains).count() >= 2;
  }

  @Test
  void aWriteGoesToAllHomes_andWaitsForTheOneThatJoins() {
    Item item = displaced();
    Set<Item> items = Set.of(item);
    List<Endpoint> homes = DURING.targets(item).homes();
    WriteCall write = new WriteCall(DURING, items, NOBODY);

    assertThat(write.begin())
        .containsExactlyElementsOf(
            homes.stream().<ReplicaEffect>map(home -> new Store(home, items)).toList());
    assertThat(homes).hasSize(3).startsWith(N);
    for (Endpoint home : homes.reversed()) {
      assertThat(write.isOver()).isFalse();
      assertThat(write.on(new Done(new Store(home, items)))).isEmpty();
    }

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void oneThatJoinsAndIsAwayIsOwedTheItem_andNoFurtherShardIsAsked() {
    Item item = displaced();
    Set<Item> items = Set.of(item);
    List<Endpoint> others = DURING.targets(item).homes().subList(1, 3);
    WriteCall write = new WriteCall(DURING, items, NOBODY);
    write.begin();

    assertThat(write.on(new Failed(new Store(N, items)))).isEmpty();
    assertThat(write.on(new Done(new Store(others.get(0), items)))).isEmpty();
    assertThat(write.on(new Done(new Store(others.get(1), items))))
        .containsExactly(new Owe(others.get(1), N, items));
    assertThat(write.isOver()).isFalse();
    write.on(new Done(new Owe(others.get(1), N, items)));

    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void oneThatJoinsAndIsSlowIsOwedTheItem() {
    Item item = displaced();
    Set<Item> items = Set.of(item);
    List<Endpoint> others = DURING.targets(item).homes().subList(1, 3);
    WriteCall write = new WriteCall(DURING, items, NOBODY);
    write.begin();
    others.forEach(shard -> write.on(new Done(new Store(shard, items))));

    assertThat(write.on(new Late())).containsExactly(new Owe(others.get(1), N, items));
  }

  @Test
  void withAnOldHomeAwayAllThreeOthersTakeTheItem() {
    Item item = displaced();
    Set<Item> items = Set.of(item);
    List<Endpoint> ranked = DURING.targets(item).ranked();
    WriteCall write = new WriteCall(DURING, items, NOBODY);
    write.begin();

    write.on(new Done(new Store(N, items)));
    write.on(new Done(new Store(ranked.get(1), items)));
    assertThat(write.on(new Failed(new Store(ranked.get(2), items))))
        .as("two of the three of before must have it")
        .containsExactly(new Store(ranked.get(3), items));
    assertThat(write.on(new Done(new Store(ranked.get(3), items))))
        .containsExactly(new Owe(ranked.get(3), ranked.get(2), items));
    write.on(new Done(new Owe(ranked.get(3), ranked.get(2), items)));

    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void twoOldHomesAwayAreTooMany() {
    Item item = displaced();
    Set<Item> items = Set.of(item);
    List<Endpoint> ranked = DURING.targets(item).ranked();
    WriteCall write = new WriteCall(DURING, items, NOBODY);
    write.begin();

    write.on(new Done(new Store(N, items)));
    write.on(new Failed(new Store(ranked.get(1), items)));
    write.on(new Failed(new Store(ranked.get(2), items)));
    write.on(new Done(new Store(ranked.get(3), items)));

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).containsExactly(item);
  }

  @Test
  void aNewPlacementIsGoneBy_onceAllButOneOfTheEldersHaveIt() {
    Adoption adoption = new Adoption(BEFORE);

    adoption.told(DURING);
    assertThat(adoption.current()).isEqualTo(BEFORE);
    assertThat(adoption.newest()).isEqualTo(DURING);
    adoption.heard(A, DURING);
    adoption.heard(N, DURING);
    adoption.heard(B, BEFORE);
    assertThat(adoption.current()).as("B and C may still decide").isEqualTo(BEFORE);
    adoption.heard(C, DURING);

    assertThat(adoption.current()).isEqualTo(DURING);
  }

  @Test
  void whoStartsLateGoesByTheNewestAtOnce() {
    Placement later = AFTER.joinedBy(new Endpoint("m", 1));
    Adoption adoption = new Adoption(BEFORE);

    for (Endpoint shard : List.of(B, C, N)) {
      assertThat(adoption.current()).isEqualTo(BEFORE);
      adoption.heard(shard, later);
    }

    assertThat(adoption.current()).isEqualTo(later);
  }

  @Test
  void aShardThatLostItsDiskIsCountedAsWhatItSaysNow() {
    Adoption adoption = new Adoption(BEFORE);
    adoption.heard(A, DURING);
    adoption.heard(A, BEFORE);

    adoption.heard(B, DURING);

    assertThat(adoption.current()).isEqualTo(BEFORE);
  }

  @Test
  void theNextStepIsTakenOnceAllShardsAreWhereTheyShouldBe() {
    List<Endpoint> wanted = List.of(A, B, C, N);
    Map<Endpoint, Growth.Standing> standings = new HashMap<>();
    standings.put(A, new Growth.Standing(BEFORE, true));
    standings.put(B, new Growth.Standing(BEFORE, true));

    assertThat(Growth.next(BEFORE, standings, wanted)).as("C is silent").isEmpty();
    standings.put(C, new Growth.Standing(BEFORE, false));
    assertThat(Growth.next(BEFORE, standings, wanted)).as("C catches up").isEmpty();
    standings.put(C, new Growth.Standing(BEFORE, true));
    assertThat(Growth.next(BEFORE, standings, wanted)).contains(DURING);
    assertThat(Growth.next(BEFORE, standings, List.of(A, B, C))).isEmpty();
    assertThat(Growth.next(BEFORE, standings, List.of(A, C, B, N))).as("another order").isEmpty();

    assertThat(Growth.next(DURING, standings, wanted)).as("they do not know of it").isEmpty();
    wanted.forEach(shard -> standings.put(shard, new Growth.Standing(DURING, !shard.equals(N))));
    assertThat(Growth.next(DURING, standings, wanted)).as("N catches up").isEmpty();
    standings.put(N, new Growth.Standing(DURING, true));
    assertThat(Growth.next(DURING, standings, wanted)).contains(AFTER);
    assertThat(Growth.next(AFTER, standings, wanted)).isEqualTo(Optional.empty());
  }

  @Test
  void theOneThatJoinsFetchesWhatBelongsToIt_andWhatItMayBeAskedForAsADeputy() {
    CatchUpPlan plan = new CatchUpPlan(DURING, N);
    Item own = displaced();
    Item deputised = anyWith(item -> AFTER.candidates(item).getLast().equals(N));
    Item foreign = anyWith(item -> !AFTER.candidates(item).contains(N));
    List<Endpoint> homes = DURING.homes(deputised);

    assertThat(plan.ownAmong(List.of(own, deputised, foreign))).containsExactly(own);
    assertThat(plan.doubtful(List.of(own, deputised, foreign), homes.getFirst()))
        .isEqualTo(Map.of(homes.getLast(), Set.of(deputised)));
  }
}
