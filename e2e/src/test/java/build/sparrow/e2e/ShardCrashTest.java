package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.BazelResult;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A farm whose storage is three shards, of which one after the other is killed. */
final class ShardCrashTest {
  private static final int SHARDS = 3;

  /** So long that somebody would notice. */
  private static final Duration AWAY = Duration.ofSeconds(3);

  private static final FarmLayout LAYOUT = FarmLayout.with(Sandbox.TOOLCHAIN_ROOT).onShards(SHARDS);

  @RegisterExtension static final Farm farm = Farm.inManyProcesses(LAYOUT);

  @RegisterExtension static final Bazel bazel = Bazel.first(farm);

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);

  @Test
  void buildsAndAllThatWasStoredAreUnharmed_whenOneShardAfterTheOtherIsKilled() throws Exception {
    BlobLoad load = BlobLoad.start(client);
    load.run(AWAY);
    var _ = load.latencies(); // Of processes that have just started.
    load.run(AWAY);
    BlobLoad.Latencies healthy = load.latencies();

    for (int shard = 0; shard < SHARDS; shard++) {
      BazelCommand build = bazel.start("build", "--noremote_accept_cached", "//slow");
      Eventually.holds(
          "all slots are busy",
          Duration.ofSeconds(60),
          () -> farm.busySlots() == LAYOUT.totalSlots());
      farm.shard(shard).kill();
      load.run(AWAY);
      farm.shard(shard).start();
      BazelResult result = build.await().succeeded();
      SlowActions.assertRanOnceForBazel(result);
      assertThat(result.warnings()).isEmpty();
      bazel.clean();
    }
    BlobLoad.Latencies faulty = load.latencies();
    load.stop();

    System.out.printf(
        "%d blobs; reads of a healthy farm: %s; of one whose shards are killed while it builds:"
            + " %s%n",
        load.stored(), healthy, faulty);
    assertThat(load.failures()).isEmpty();
    assertThat(load.stored()).isGreaterThan(100);
    load.assertAllCanBeRead();
    assertThat(bazel.run("build", "//slow").succeeded().processes().remoteCacheHits())
        .isEqualTo(SlowActions.COUNT);
  }
}
