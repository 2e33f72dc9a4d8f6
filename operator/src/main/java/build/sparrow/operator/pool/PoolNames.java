package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.apply.Hash;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How the objects of a pool are named, labelled and annotated. */
final class PoolNames {
  /** On a pod: when its executor was first told to finish, in RFC 3339. */
  static final String DRAINING_SINCE = "sparrow.build/draining-since";

  /** On a pod: the hash of what it was made from. */
  static final String REVISION = "sparrow.build/revision";

  /** On a pod: that it stands in on demand for one that finds no spot node. */
  static final String STAND_IN = "sparrow.build/on-demand-fallback";

  /** On a pool: that the operator is to leave it as it is. */
  static final String PAUSE = "sparrow.build/pause-reconciliation";

  static final String FARM_LABEL = "sparrow.build/farm";
  static final String POOL_LABEL = "sparrow.build/pool";
  static final String COMPONENT_LABEL = "app.kubernetes.io/component";
  static final String COMPONENT = "executor";

  private static final int SUFFIX_LENGTH = 5;

  private PoolNames() {}

  static String farm(ExecutorPool pool) {
    return pool.getSpec().farmRef().name();
  }

  static String pool(ExecutorPool pool) {
    return pool.getSpec().pool().name();
  }

  /** What the pool's objects share in their names. */
  static String prefix(ExecutorPool pool) {
    return farm(pool) + "-" + pool(pool);
  }

  /**
   * The name of the pool's pod of that number, the same whenever it is asked for: a pod that was
   * made before a crash is not made again under another name.
   */
  static String pod(ExecutorPool pool, long sequence) {
    String hash = Hash.of(pool.getMetadata().getUid() + "/" + sequence);
    return prefix(pool) + "-" + hash.substring(0, SUFFIX_LENGTH);
  }

  /** What selects the pool's pods. */
  static Map<String, String> selector(ExecutorPool pool) {
    return new TreeMap<>(
        Map.of(FARM_LABEL, farm(pool), COMPONENT_LABEL, COMPONENT, POOL_LABEL, pool(pool)));
  }

  /** The same as the scale subresource shows it. */
  static String selectorText(ExecutorPool pool) {
    return selector(pool).entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }

  static Map<String, String> labels(ExecutorPool pool) {
    Map<String, String> labels = new TreeMap<>(selector(pool));
    labels.put("app.kubernetes.io/name", "sparrow");
    labels.put("app.kubernetes.io/instance", farm(pool));
    labels.put("app.kubernetes.io/managed-by", "sparrow-operator");
    return labels;
  }
}
