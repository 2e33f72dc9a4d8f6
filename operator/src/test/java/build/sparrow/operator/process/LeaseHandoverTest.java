package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ManualClock;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.io.IOException;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

final class LeaseHandoverTest {
  private final ManualClock clock = new ManualClock();

  private String holderAfterHandover(String holder) throws IOException {
    try (ApplyingApiServer server = ApplyingApiServer.start()) {
      server.put(
          new LeaseBuilder()
              .withNewMetadata()
              .withName("sparrow-operator")
              .withNamespace("system")
              .endMetadata()
              .withNewSpec()
              .withHolderIdentity(holder)
              .withLeaseDurationSeconds(15)
              .withAcquireTime(ZonedDateTime.now(clock))
              .withRenewTime(ZonedDateTime.now(clock))
              .withLeaseTransitions(3)
              .endSpec()
              .build());

      new LeaseHandover(server.client(), new LeaseLock("system", "sparrow-operator", "us"), clock)
          .close();

      Lease lease =
          server
              .client()
              .resources(Lease.class)
              .inNamespace("system")
              .withName("sparrow-operator")
              .get();
      return String.valueOf(lease.getSpec().getHolderIdentity());
    }
  }

  @Test
  void ourLeaseIsGivenBack_andAnothersIsLeftAlone() throws IOException {
    assertThat(holderAfterHandover("us")).isEmpty();
    assertThat(holderAfterHandover("another")).isEqualTo("another");
  }
}
