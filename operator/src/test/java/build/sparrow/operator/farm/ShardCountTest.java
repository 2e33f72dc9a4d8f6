package build.sparrow.operator.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.link.StorageGrowth;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ShardCountTest {
  private static final FarmNames NAMES = new FarmNames("builds", "main", "uid");

  private static ShardCount count(int running, int wanted, StorageGrowth storage) {
    return new ShardCount(3, running, wanted, true, Optional.of(storage));
  }

  private static ShardCount unknown(int running, int wanted) {
    return new ShardCount(3, running, wanted, true, Optional.empty());
  }

  @Test
  void oneShardIsStartedAfterTheOther_onceAllBeforeItHaveJoined() {
    assertThat(count(3, 5, new StorageGrowth(3, false, "")).replicas()).isEqualTo(4);
    assertThat(count(4, 5, new StorageGrowth(3, false, "")).replicas()).isEqualTo(4);
    assertThat(count(4, 5, new StorageGrowth(3, true, "")).replicas()).isEqualTo(4);
    assertThat(count(4, 5, new StorageGrowth(4, false, "")).replicas()).isEqualTo(5);
    assertThat(count(5, 5, new StorageGrowth(5, false, "")).replicas()).isEqualTo(5);
  }

  @Test
  void nothingIsStartedOrStopped_whileNobodySaysHowManyHaveJoined() {
    assertThat(unknown(3, 5).replicas()).isEqualTo(3);
    assertThat(unknown(4, 5).replicas()).isEqualTo(4);
    // As while the farm follows its last good spec, which has the shards of its beginning.
    assertThat(unknown(4, 3).replicas()).isEqualTo(4);
    assertThat(unknown(0, 3).replicas()).isEqualTo(3);
  }

  @Test
  void noShardThatHasJoinedIsTakenAway_andOneTooManyIs() {
    assertThat(count(3, 3, new StorageGrowth(5, false, "")).replicas()).isEqualTo(5);
    assertThat(count(4, 3, new StorageGrowth(3, true, "")).replicas()).isEqualTo(4);
    assertThat(count(9, 3, new StorageGrowth(3, false, "")).replicas()).isEqualTo(3);
  }

  @Test
  void whereItemsHaveOneCopyThereAreAsManyAsAreWanted() {
    assertThat(new ShardCount(1, 2, 1, false, Optional.empty()).replicas()).isEqualTo(1);
  }

  @Test
  void peopleAreToldWhichShardJoins_andWhatForItWaits() {
    assertThat(count(4, 5, new StorageGrowth(3, true, "shard x fetches")).explain(NAMES))
        .contains(
            "The storage grows from 3 to 5 shards; main-shard-3 joins: shard x fetches. Builds go"
                + " on.");
    assertThat(count(4, 4, new StorageGrowth(3, false, "")).explain(NAMES))
        .contains(
            "The storage grows from 3 to 4 shards; main-shard-3 is to join next. Builds go on.");
    assertThat(count(4, 4, new StorageGrowth(4, false, "")).explain(NAMES)).isEmpty();
    assertThat(unknown(3, 4).explain(NAMES))
        .contains(
            "The storage is to grow to 4 shards; that waits until a frontend answers the"
                + " operator.");
    assertThat(unknown(4, 4).explain(NAMES)).isEmpty();
    assertThat(count(3, 3, new StorageGrowth(5, false, "")).explain(NAMES))
        .contains(
            "The disks are those of a farm with 5 shards, which all run; spec.storage.shards is 3."
                + " Set it to 5.");
  }
}
