package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.PoolStatus;
import build.sparrow.farm.v1.QueueStatus;
import com.google.protobuf.Duration;
import org.junit.jupiter.api.Test;

final class StatusTextTest {
  @Test
  void poolsExecutorsAndQueuesAreTables() {
    InspectResponse farm =
        InspectResponse.newBuilder()
            .setFrontend("frontend-0")
            .setEpoch("7f3a")
            .addPools(
                PoolStatus.newBuilder()
                    .setName("linux")
                    .setExecutors(2)
                    .setSlots(16)
                    .setBusySlots(1)
                    .setQueuedActions(120))
            .addExecutors(
                ExecutorStatus.newBuilder()
                    .setName("linux-0")
                    .setPool("linux")
                    .setState(ExecutorStatus.State.READY)
                    .setSlots(8)
                    .addRunningOperations("op-1"))
            .addExecutors(
                ExecutorStatus.newBuilder()
                    .setName("linux-1")
                    .setPool("linux")
                    .setState(ExecutorStatus.State.DRAINING)
                    .setSlots(8))
            .addQueues(
                QueueStatus.newBuilder()
                    .setPlatform("OSFamily=linux")
                    .setQueuedActions(120)
                    .setOldestWait(Duration.newBuilder().setSeconds(75)))
            .build();

    assertThat(StatusText.of(farm))
        .isEqualTo(
            """
            Frontend frontend-0, epoch 7f3a

            POOL   EXECUTORS  SLOTS  BUSY  QUEUED
            linux  2          16     1     120

            EXECUTOR  POOL   STATE     SLOTS  RUNNING
            linux-0   linux  ready     8      op-1
            linux-1   linux  draining  8      -

            QUEUE           QUEUED  OLDEST  RESERVATIONS
            OSFamily=linux  120     75 s    0
            """);
  }

  @Test
  void agesAreAsAPersonSaysThem() {
    assertThat(StatusText.age(java.time.Duration.ofMillis(420))).isEqualTo("0.4 s");
    assertThat(StatusText.age(java.time.Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(StatusText.age(java.time.Duration.ofMinutes(3))).isEqualTo("3 min");
    assertThat(StatusText.age(java.time.Duration.ofHours(5))).isEqualTo("5 h");
  }
}
