package build.sparrow.cas.replica.member;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/** What a shard owes others, and whether its own disk is complete. */
final class MemberGauges extends Collector {
  private final Debts debts;
  private final Standing standing;

  private MemberGauges(Debts debts, Standing standing) {
    this.debts = debts;
    this.standing = standing;
  }

  /** Adds the gauges to the registry, until what is returned is closed. */
  static AutoCloseable register(Debts debts, Standing standing, CollectorRegistry registry) {
    MemberGauges gauges = new MemberGauges(debts, standing);
    registry.register(gauges);
    return () -> registry.unregister(gauges);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    GaugeMetricFamily owed =
        new GaugeMetricFamily(
            "sparrow_storage_owed_items",
            "Items that the shard is to bring another one",
            List.of("shard"));
    debts
        .counts()
        .forEach((shard, items) -> owed.addMetric(List.of(shard.toString()), (double) items));
    return List.of(
        owed,
        new GaugeMetricFamily(
            "sparrow_storage_catching_up",
            "1 while the shard may lack what it once acknowledged",
            standing.isComplete() ? 0 : 1));
  }
}
