package build.sparrow.crds;

import build.sparrow.crds.ExecutorPoolSpec.PlatformProperty;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** Pools in which all but the named is absent, as Jackson hands it to the constructor. */
@NullUnmarked
final class Pools {
  private Pools() {}

  static ExecutorPoolSpec named(String name) {
    return new ExecutorPoolSpec(name, null, null, null, null, null, null);
  }

  static ExecutorPoolSpec onPlatform(String name, PlatformProperty... platform) {
    return new ExecutorPoolSpec(name, null, List.of(platform), null, null, null, null);
  }

  static ExecutorPoolSpec sized(String name, Integer replicas, Integer slots) {
    return new ExecutorPoolSpec(
        name,
        replicas,
        List.of(new PlatformProperty("pool", "of-" + name)),
        slots,
        null,
        null,
        null);
  }

  static ExecutorPoolSpec sandboxed(String name, SandboxSpec sandbox) {
    return new ExecutorPoolSpec(
        name, null, List.of(new PlatformProperty("pool", "of-" + name)), null, sandbox, null, null);
  }
}
