package build.sparrow.operator.farm;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The labels of everything that belongs to a farm, and by which it is found. */
public final class Labels {
  public static final String FARM = "sparrow.build/farm";
  public static final String POOL = "sparrow.build/pool";
  public static final String COMPONENT = "app.kubernetes.io/component";
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String OPERATOR = "sparrow-operator";

  private static final String NAME = "app.kubernetes.io/name";
  private static final String INSTANCE = "app.kubernetes.io/instance";

  private Labels() {}

  /** All labels of an object. */
  public static Map<String, String> of(
      String farm, @Nullable String component, @Nullable String pool) {
    Map<String, String> labels = new TreeMap<>(selector(farm, component, pool));
    labels.put(NAME, "sparrow");
    labels.put(INSTANCE, farm);
    labels.put(MANAGED_BY, OPERATOR);
    return labels;
  }

  /** Those by which pods are selected; they never change. */
  public static Map<String, String> selector(
      String farm, @Nullable String component, @Nullable String pool) {
    Map<String, String> labels = new TreeMap<>();
    labels.put(FARM, farm);
    if (component != null) {
      labels.put(COMPONENT, component);
    }
    if (pool != null) {
      labels.put(POOL, pool);
    }
    return labels;
  }
}
