package build.sparrow.cas.replica.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final int ITEMS = 30_000;

  private static List<Endpoint> shards(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Endpoint("main-shard-%d.main-shards.builds.svc".formatted(i), 8980))
        .toList();
  }

  private static Item item(int number) {
    byte[] bytes = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    Digest digest = DigestFunction.SHA256.digestOf(bytes);
    return new Item.Blob(new BlobScope(InstanceName.ROOT, DigestFunction.SHA256), digest);
  }

  @Test
  void everyShardHasItsShare() {
    for (int count : List.of(3, 5, 16)) {
      Placement placement = new Placement(shards(count), 2);
      Map<Endpoint, Integer> held = new HashMap<>();
      Map<Endpoint, Integer> deputised = new HashMap<>();

      for (int number = 0; number < ITEMS; number++) {
        Item item = item(number);
        placement.homes(item).forEach(home -> held.merge(home, 1, Integer::sum));
        deputised.merge(placement.candidates(item).getLast(), 1, Integer::sum);
      }

      double share = 2.0 * ITEMS / count;
      assertThat(held).hasSize(count);
      assertThat(held.values()).allSatisfy(n -> assertThat(n / share).isBetween(0.93, 1.07));
      assertThat(deputised.values())
          .allSatisfy(n -> assertThat(2 * n / share).isBetween(0.88, 1.12));
    }
  }

  @Test
  void aShardThatIsAddedTakesOnlyItsOwn() {
    Placement before = new Placement(shards(4), 2);
    Placement after = new Placement(shards(5), 2);
    Endpoint added = shards(5).getLast();
    int moved = 0;

    for (int number = 0; number < ITEMS; number++) {
      List<Endpoint> ordered = new ArrayList<>(after.candidates(item(number)));
      if (ordered.remove(added)) {
        assertThat(before.candidates(item(number)).subList(0, 2)).isEqualTo(ordered);
        moved += after.homes(item(number)).contains(added) ? 1 : 0;
      } else {
        assertThat(before.candidates(item(number))).isEqualTo(ordered);
      }
    }

    assertThat(moved / (double) ITEMS).isBetween(2 / 5.0 - 0.02, 2 / 5.0 + 0.02);
  }

  @Test
  void allWhoKnowTheSameShardsAgreeInWhateverOrderTheyKnowThem() {
    List<Endpoint> shuffled = new ArrayList<>(shards(7));
    Collections.shuffle(shuffled, new Random(1));

    for (int number = 0; number < 1_000; number++) {
      assertThat(new Placement(shuffled, 2).candidates(item(number)))
          .isEqualTo(new Placement(shards(7), 2).candidates(item(number)));
    }
  }

  @Test
  void candidatesAreDifferentShards() {
    for (int number = 0; number < 1_000; number++) {
      List<Endpoint> candidates = new Placement(shards(3), 2).candidates(item(number));

      assertThat(new HashSet<>(candidates)).hasSize(3);
    }
  }

  @Test
  void withoutCopiesAnItemHasOneHomeAndNoDeputy() {
    assertThat(new Placement(shards(4), 1).candidates(item(1))).hasSize(1);
    assertThat(new Placement(shards(1), 1).candidates(item(1))).isEqualTo(shards(1));
  }

  @Test
  void blobsStayWhereTheyWere_overVersions() {
    Placement placement = new Placement(shards(5), 2);

    assertThat(IntStream.range(0, 6).mapToObj(i -> places(placement, item(i))).toList())
        .containsExactly("4 0 2", "1 4 3", "1 3 0", "0 2 1", "0 2 4", "1 2 3");
  }

  private static String places(Placement placement, Item item) {
    StringBuilder places = new StringBuilder();
    placement
        .candidates(item)
        .forEach(shard -> places.append(shards(5).indexOf(shard)).append(' '));
    return places.toString().strip();
  }

  @Test
  void whatCannotBePlacedIsRefusedWithTheReason() {
    assertThatThrownBy(() -> new Placement(shards(2), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("copies is 2, for which there must be 3 shards, while there are 2");
    assertThatThrownBy(() -> new Placement(shards(5), 3)).hasMessage("copies is 3; give 1 to 2");
    assertThatThrownBy(() -> new Placement(List.of(), 1)).hasMessageContaining("at least one");
    assertThatThrownBy(() -> new Placement(List.of(shards(1).getFirst(), shards(1).getFirst()), 1))
        .hasMessageContaining("each of them once");
  }
}
