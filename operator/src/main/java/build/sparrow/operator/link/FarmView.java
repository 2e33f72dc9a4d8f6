package build.sparrow.operator.link;

import java.util.Map;

/**
 * What all frontends of a farm that answer say together.
 *
 * @param answering how many frontends have told something in the last 15 s
 * @param expected how many frontends are followed
 * @param executors by name; what one runs is summed over the frontends
 * @param pools what waits, by the pool's name; a pool that no frontend knows is not there
 */
public record FarmView(
    int answering,
    int expected,
    Map<String, ExecutorView> executors,
    Map<String, PoolDemand> pools) {
  public FarmView {
    executors = Map.copyOf(executors);
    pools = Map.copyOf(pools);
  }

  /** What waits for the pool; nothing if no frontend knows it. */
  public PoolDemand demand(String pool) {
    return pools.getOrDefault(pool, PoolDemand.NONE);
  }
}
