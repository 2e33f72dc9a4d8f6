package build.sparrow.crds;

import build.sparrow.crds.PoolSpec.PlatformProperty;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** Pools in which all but the named is absent, as Jackson hands it to the constructor. */
@NullUnmarked
final class Pools {
  private Pools() {}

  static PoolSpec named(String name) {
    return of(name, null, null, null, null);
  }

  static PoolSpec onPlatform(String name, PlatformProperty... platform) {
    return of(name, List.of(platform), null, null, null);
  }

  static PoolSpec onDemand(String name, PlatformProperty... platform) {
    SchedulingSpec scheduling =
        new SchedulingSpec(SchedulingSpec.CapacityType.ON_DEMAND, null, null, null, null);
    return new PoolSpec(
        name, List.of(platform), null, null, null, null, null, null, null, scheduling, null, null);
  }

  static PoolSpec sized(String name, Integer replicas, Integer slots) {
    return of(name, ownPlatform(name), replicas, slots, null);
  }

  static PoolSpec sandboxed(String name, SandboxSpec sandbox) {
    return of(name, ownPlatform(name), null, null, sandbox);
  }

  static SchedulingSpec.OnDemandFallback emptyFallback() {
    return new SchedulingSpec.OnDemandFallback(null, null);
  }

  private static List<PlatformProperty> ownPlatform(String name) {
    return List.of(new PlatformProperty("pool", "of-" + name));
  }

  private static PoolSpec of(
      String name,
      List<PlatformProperty> platform,
      Integer replicas,
      Integer slots,
      SandboxSpec sandbox) {
    return new PoolSpec(
        name, platform, replicas, slots, null, sandbox, null, null, null, null, null, null);
  }
}
