package build.sparrow.executor.input;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** What the input caches of this process do. */
final class CacheMetrics {
  static final Counter HITS =
      Counter.build("sparrow_executor_input_cache_hits", "Input files found in the cache.")
          .register();
  static final Counter MISSES =
      Counter.build("sparrow_executor_input_cache_misses", "Input files not found in the cache.")
          .register();
  static final Counter FETCHED_BYTES =
      Counter.build("sparrow_executor_input_fetched_bytes", "Bytes of input files fetched.")
          .register();
  static final Counter EVICTIONS =
      Counter.build("sparrow_executor_input_cache_evictions", "Files that made room for others.")
          .register();
  static final Gauge BYTES =
      Gauge.build("sparrow_executor_input_cache_bytes", "Bytes of all files in the cache together.")
          .register();

  private CacheMetrics() {}
}
