package build.sparrow.operator.process;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the lease back once nothing is written any more, so that the next operator leads within
 * seconds. JOSDK lets it run out instead, and for 15 s nobody would see that a node leaves.
 */
final class LeaseHandover implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseHandover.class);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final KubernetesClient client;
  private final LeaseLock lease;
  private final Clock clock;

  LeaseHandover(KubernetesClient client, LeaseLock lease, Clock clock) {
    this.client = client;
    this.lease = lease;
    this.clock = clock;
  }

  @Override
  public void close() {
    try {
      LeaderElectionRecord held = lease.get(client);
      if (held == null || !lease.identity().equals(held.getHolderIdentity())) {
        return; // Another's.
      }
      ZonedDateTime now = ZonedDateTime.now(clock);
      // Written to the version that was read: whoever has taken it meanwhile keeps it.
      lease.update(
          client, new LeaderElectionRecord("", SHORTEST, now, now, held.getLeaderTransitions()));
    } catch (KubernetesClientException e) {
      log.atWarn()
          .addKeyValue("lease", lease.describe())
          .addKeyValue("error", e.getMessage())
          .log("The lease could not be given back, it runs out");
    }
  }
}
