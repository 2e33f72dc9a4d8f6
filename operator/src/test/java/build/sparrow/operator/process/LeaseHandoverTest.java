package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ManualClock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.io.IOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

final class LeaseHandoverTest {
  private final ManualClock clock = new ManualClock();

  private String holderAfterHandover(String holder) throws IOException {
    try (ApplyingApiServer server = ApplyingApiServer.start()) {
      LeaseLock another = new LeaseLock("system", "sparrow-operator", holder);
      ZonedDateTime now = ZonedDateTime.now(clock);
      another.create(
          server.client(), new LeaderElectionRecord(holder, Duration.ofSeconds(15), now, now, 3));

      new LeaseHandover(server.client(), new LeaseLock("system", "sparrow-operator", "us"), clock)
          .close();

      return another.get(server.client()).getHolderIdentity();
    }
  }

  @Test
  void ourLeaseIsGivenBack_andAnothersIsLeftAlone() throws IOException {
    assertThat(holderAfterHandover("us")).isEmpty();
    assertThat(holderAfterHandover("another")).isEqualTo("another");
  }
}
