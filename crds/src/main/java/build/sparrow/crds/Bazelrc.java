package build.sparrow.crds;

import build.sparrow.crds.PoolSpec.PlatformProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lines that a project's {@code .bazelrc} needs to build on a farm. */
public final class Bazelrc {
  private static final int TIMEOUT_SECONDS = 600;

  // With Bazel's doubling pauses, some 26 s; its five retries are over after 3 s, which is less
  // than a frontend may take to start again.
  private static final int RETRIES = 10;

  private Bazelrc() {}

  /**
   * The lines.
   *
   * @param endpoint of the farm, as {@code grpc://127.0.0.1:8980}
   * @param slots of as many executors as there may be; 0 if the farm is a cache only
   */
  public static String lines(String endpoint, List<PoolSpec> pools, int slots) {
    StringBuilder text = new StringBuilder();
    if (slots == 0) {
      text.append("build --remote_cache=").append(endpoint).append('\n');
    } else {
      text.append("build --remote_executor=").append(endpoint).append('\n');
      appendPools(text, pools);
      // One action for each slot, and as many on their way to or from the farm.
      text.append("build --jobs=").append(2 * slots).append('\n');
    }
    // Bazel's 60 s are for the whole of a transfer, however large.
    text.append("build --remote_timeout=").append(TIMEOUT_SECONDS).append('\n');
    text.append("build --remote_retries=").append(RETRIES).append('\n');
    text.append("build --grpc_keepalive_time=30s\n");
    text.append("# Where the network is slow, add: build --remote_cache_compression\n");
    return text.toString();
  }

  private static void appendPools(StringBuilder text, List<PoolSpec> pools) {
    if (pools.size() < 2) {
      return; // An action that asks for nothing runs there.
    }
    text.append("# Choose a pool with --config=");
    text.append(String.join(" or --config=", pools.stream().map(PoolSpec::name).toList()));
    text.append('\n');
    for (PoolSpec pool : pools) {
      oneValueEach(pool)
          .forEach(
              (name, value) ->
                  text.append("build:")
                      .append(pool.name())
                      .append(' ')
                      .append(quoted("--remote_default_exec_properties=" + name + "=" + value))
                      .append('\n'));
    }
  }

  /** Bazel knows one value for each name; any that the pool offers leads there. */
  private static Map<String, String> oneValueEach(PoolSpec pool) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (PlatformProperty property : pool.platform()) {
      properties.putIfAbsent(property.name(), property.value());
    }
    return properties;
  }

  private static String quoted(String flag) {
    return flag.chars().noneMatch(c -> Character.isWhitespace(c) || c == '"' || c == '\\')
        ? flag
        : '"' + flag.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
