package build.sparrow.cas.tier;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How the tier does. */
final class TierGauges extends Collector {
  private final TierHealth health;
  private final WriteBehind queue;

  private TierGauges(TierHealth health, WriteBehind queue) {
    this.health = health;
    this.queue = queue;
  }

  /** Adds the gauges to the registry, until what is returned is closed. */
  static AutoCloseable register(TierHealth health, WriteBehind queue, CollectorRegistry registry) {
    TierGauges gauges = new TierGauges(health, queue);
    registry.register(gauges);
    return () -> registry.unregister(gauges);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        new GaugeMetricFamily(
            "sparrow_tier_unavailable",
            "1 while the tier fails, and the shard goes on as if it had none",
            health.isAvailable() ? 0 : 1),
        new GaugeMetricFamily(
            "sparrow_tier_queued_blobs", "Blobs that wait for the tier", queue.queuedBlobs()),
        new GaugeMetricFamily(
            "sparrow_tier_queue_bytes", "Disk that their names take", queue.queueBytes()),
        counter("sparrow_tier_uploaded_blobs", "Blobs put into the tier", health.uploadedBlobs),
        counter("sparrow_tier_uploaded_bytes", "Bytes of these", health.uploadedBytes),
        counter(
            "sparrow_tier_dropped_blobs",
            "Blobs left out: no room in the queue, gone too soon, or refused by the tier",
            health.droppedBlobs),
        counter(
            "sparrow_tier_restored_blobs",
            "Blobs brought back from the tier",
            health.restoredBlobs),
        counter("sparrow_tier_restored_bytes", "Bytes of these", health.restoredBytes),
        counter(
            "sparrow_tier_corrupt_blobs",
            "Objects of the tier that were not what their names say",
            health.corruptBlobs),
        counter(
            "sparrow_tier_failures", "Calls that the tier did not do or answer", health.failures));
  }

  private static CounterMetricFamily counter(String name, String help, LongAdder value) {
    return new CounterMetricFamily(name, help, value.sum());
  }
}
