package build.sparrow.cas;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** How full the engines are and how long what they hold lasts. */
final class StoreGauges extends Collector {
  private final Supplier<StoreUsage> blobs;
  private final Supplier<StoreUsage> results;

  private StoreGauges(Supplier<StoreUsage> blobs, Supplier<StoreUsage> results) {
    this.blobs = blobs;
    this.results = results;
  }

  /** Adds the gauges to the registry, until what is returned is closed. */
  static AutoCloseable register(
      Supplier<StoreUsage> blobs, Supplier<StoreUsage> results, CollectorRegistry registry) {
    StoreGauges gauges = new StoreGauges(blobs, results);
    registry.register(gauges);
    return () -> registry.unregister(gauges);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    Both now = new Both(blobs.get(), results.get());
    return List.of(
        now.gauge("sparrow_cas_used_bytes", "Disk that is taken", StoreUsage::usedBytes),
        now.gauge(
            "sparrow_cas_capacity_bytes",
            "The most disk that may be taken",
            StoreUsage::capacityBytes),
        now.gauge("sparrow_cas_entries", "What is held", StoreUsage::entries),
        now.counter(
            "sparrow_cas_evicted_entries", "Evicted to make room", StoreUsage::evictedEntries),
        now.counter(
            "sparrow_cas_corrupt_entries",
            "Found to be corrupt on the disk, and missing since",
            StoreUsage::corruptEntries),
        now.gauge(
            "sparrow_cas_read_only",
            "1 while nothing is written because the disk is full or cannot be trusted",
            usage -> usage.isReadOnly() ? 1 : 0),
        new GaugeMetricFamily(
            "sparrow_cas_retention_seconds",
            "How long the blob that was evicted last had not been used",
            now.blobs().retention().toMillis() / 1000.0));
  }

  private record Both(StoreUsage blobs, StoreUsage results) {
    GaugeMetricFamily gauge(String name, String help, ToDoubleFunction<StoreUsage> value) {
      return new GaugeMetricFamily(name, help, List.of("store"))
          .addMetric(List.of("blobs"), value.applyAsDouble(blobs))
          .addMetric(List.of("action_results"), value.applyAsDouble(results));
    }

    CounterMetricFamily counter(String name, String help, ToDoubleFunction<StoreUsage> value) {
      return new CounterMetricFamily(name, help, List.of("store"))
          .addMetric(List.of("blobs"), value.applyAsDouble(blobs))
          .addMetric(List.of("action_results"), value.applyAsDouble(results));
    }
  }
}
