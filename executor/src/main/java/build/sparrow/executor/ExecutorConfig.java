package build.sparrow.executor;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.service.DataSize;
import build.sparrow.service.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an executor needs to know.
 *
 * @param name of this executor, stable over restarts and its own in the farm
 * @param pool that it belongs to
 * @param platform what actions may ask for to run here
 * @param slots how many actions run at once, from 1
 * @param frontends of the farm, at fixed places
 * @param frontendService a DNS name each of whose addresses is a frontend, and the port of all of
 *     them; null if the farm's frontends are only at fixed places
 * @param storage where inputs come from and outputs go to
 * @param workDirectory of this executor alone; made if it does not exist
 * @param inputCacheSize the most disk that input files take when no action runs
 * @param drainTimeout how long running actions may go on when the executor is to stop
 */
public record ExecutorConfig(
    String name,
    String pool,
    PlatformKey platform,
    int slots,
    List<Endpoint> frontends,
    @Nullable Endpoint frontendService,
    Placement storage,
    Path workDirectory,
    DataSize inputCacheSize,
    SandboxConfig sandbox,
    Duration drainTimeout) {
  /** Throws IllegalArgumentException naming what is wrong. */
  public ExecutorConfig {
    frontends = List.copyOf(frontends);
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is blank; give each executor a name of its own");
    }
    if (slots < 1) {
      throw new IllegalArgumentException("slots is " + slots + "; give at least 1");
    }
    if (frontends.isEmpty() && frontendService == null) {
      throw new IllegalArgumentException(
          "frontends is empty; name at least one, or the service that finds them");
    }
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("drainTimeout is " + drainTimeout + "; give 0 or more");
    }
  }
}
