package build.sparrow.frontend.farm;

import build.sparrow.scheduling.owner.OwnerSnapshot;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Shows what the scheduler of each frontend in this process knows, as of the moment it is asked.
 * One collector serves them all, since a metric can be registered once.
 */
public final class SchedulerGauges extends Collector {
  private static final SchedulerGauges INSTANCE = new SchedulerGauges().register();

  private final Map<String, Supplier<OwnerSnapshot>> frontends = new ConcurrentHashMap<>();

  private SchedulerGauges() {}

  /** Shows this frontend's scheduler until the returned handle is closed. */
  public static AutoCloseable show(String frontend, Supplier<OwnerSnapshot> snapshot) {
    INSTANCE.frontends.put(frontend, snapshot);
    return () -> INSTANCE.frontends.remove(frontend, snapshot);
  }

  @Override
  public List<MetricFamilySamples> collect() {
    var executors = family("executors", "Executors connected to the frontend");
    var slots = family("slots", "Slots of the executors connected to the frontend");
    var busy = family("busy_slots", "Slots that run an action of the frontend");
    var queued = family("queued_actions", "Queued actions of the frontend that the pool could run");
    frontends.forEach(
        (frontend, snapshot) -> {
          for (OwnerSnapshot.Pool pool : snapshot.get().pools()) {
            List<String> labels = List.of(frontend, pool.name());
            executors.addMetric(labels, pool.executors());
            slots.addMetric(labels, pool.slots());
            busy.addMetric(labels, pool.busySlots());
            queued.addMetric(labels, pool.queuedActions());
          }
        });
    return List.of(executors, slots, busy, queued);
  }

  private static GaugeMetricFamily family(String name, String help) {
    return new GaugeMetricFamily("sparrow_scheduler_" + name, help, List.of("frontend", "pool"));
  }
}
