package build.sparrow.frontend;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a frontend needs to know.
 *
 * @param listen where it serves; port 0 takes any free port
 * @param name under which executors and people know it
 * @param storage where blobs and action results are
 * @param pools all pools of the farm
 * @param scheduling how actions are placed and tried again
 * @param lease how long the storage keeps readable what it reported present
 * @param progressInterval the longest that a client that follows an operation hears nothing
 * @param peering how it finds the other frontends of the farm
 * @param actionLog file to which a line is appended for each action that ran; null for none
 */
public record FrontendConfig(
    Endpoint listen,
    String name,
    Placement storage,
    List<PoolDeclaration> pools,
    FrontendLimits limits,
    SchedulingPolicy scheduling,
    Duration lease,
    Duration progressInterval,
    Peering peering,
    @Nullable Path actionLog) {
  /** Well below a third of the 60 s after which Bazel takes a silent server for dead. */
  public static final Duration DEFAULT_PROGRESS_INTERVAL = Duration.ofSeconds(15);

  /** Throws IllegalArgumentException naming what is wrong. */
  public FrontendConfig {
    pools = List.copyOf(pools);
    if (name.isBlank()) {
      throw new IllegalArgumentException("The frontend has no name; give it one");
    }
    Set<String> names = new HashSet<>();
    for (PoolDeclaration pool : pools) {
      if (!names.add(pool.name())) {
        throw new IllegalArgumentException(
            "Two pools are named " + pool.name() + "; give each a name of its own");
      }
    }
    if (!progressInterval.isPositive()) {
      throw new IllegalArgumentException(
          "progressInterval is " + progressInterval + "; give more than 0");
    }
  }

  /** With every default; {@code lease} is the storage's. */
  public static FrontendConfig withDefaults(
      Endpoint listen,
      String name,
      Placement storage,
      List<PoolDeclaration> pools,
      Duration lease) {
    return new FrontendConfig(
        listen,
        name,
        storage,
        pools,
        FrontendLimits.DEFAULT,
        SchedulingPolicy.DEFAULT,
        lease,
        DEFAULT_PROGRESS_INTERVAL,
        Peering.ALONE,
        null);
  }
}
