package build.sparrow.cas.file;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** How full the engines are and how long what they hold lasts. */
public final class StoreGauges extends Collector {
  private final FileBlobStore blobs;
  private final FileActionCache results;

  private StoreGauges(FileBlobStore blobs, FileActionCache results) {
    this.blobs = blobs;
    this.results = results;
  }

  /** Adds the gauges to the registry, until what is returned is closed. */
  public static AutoCloseable register(
      FileBlobStore blobs, FileActionCache results, CollectorRegistry registry) {
    StoreGauges gauges = new StoreGauges(blobs, results);
    registry.register(gauges);
    return () -> registry.unregister(gauges);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        byStore(
            "sparrow_cas_used_bytes", "Disk that is taken", blobs.usedBytes(), results.usedBytes()),
        byStore(
            "sparrow_cas_capacity_bytes",
            "The most disk that may be taken",
            blobs.capacityBytes(),
            results.capacityBytes()),
        byStore("sparrow_cas_entries", "What is held", blobs.blobCount(), results.resultCount()),
        new CounterMetricFamily(
                "sparrow_cas_evicted_entries", "Evicted to make room", List.of("store"))
            .addMetric(List.of("blobs"), (double) blobs.evictedCount())
            .addMetric(List.of("action_results"), (double) results.evictedCount()),
        new GaugeMetricFamily(
            "sparrow_cas_retention_seconds",
            "How long the blob that was evicted last had not been used",
            blobs.evictedAge().toMillis() / 1000.0));
  }

  private static GaugeMetricFamily byStore(
      String name, String help, long blobsValue, long resultsValue) {
    return new GaugeMetricFamily(name, help, List.of("store"))
        .addMetric(List.of("blobs"), (double) blobsValue)
        .addMetric(List.of("action_results"), (double) resultsValue);
  }
}
