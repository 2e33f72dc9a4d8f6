package build.sparrow.frontend.farm;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import com.google.protobuf.util.Durations;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class WatchPaceTest {
  private final WatchPace pace = new WatchPace();

  private boolean isDue(int queued, int waitedSeconds, int atMillis) {
    InspectResponse now =
        InspectResponse.newBuilder()
            .addPools(
                PoolStatus.newBuilder()
                    .setName("linux")
                    .setQueuedActions(queued)
                    .setOldestWait(Durations.fromSeconds(waitedSeconds)))
            .build();
    return pace.isDue(now, TimeUnit.MILLISECONDS.toNanos(atMillis));
  }

  @Test
  void changesAreTold_agesAreNot_andSilenceIsNeverLong() {
    assertThat(isDue(1, 0, 1000)).as("the first").isTrue();
    assertThat(isDue(1, 0, 1200)).as("nothing new").isFalse();
    assertThat(isDue(1, 4, 5900)).as("older only").isFalse();
    assertThat(isDue(1, 5, 6000)).as("5 s later").isTrue();
    assertThat(isDue(2, 5, 6200)).as("a change").isTrue();
    assertThat(isDue(2, 9, 11_100)).as("less than 5 s after the change").isFalse();
  }
}
