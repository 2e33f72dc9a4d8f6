package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.status.EventRecorder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pools: wakes a {@link PoolLoop} when a pool, one of its pods, a node under them, or what
 * the frontends say has changed. There is no finalizer: a pool's pods go with it.
 */
@ControllerConfiguration(
    name = "executorpool",
    generationAwareEventProcessing = false,
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 2, timeUnit = TimeUnit.MINUTES),
    informer = @Informer(onUpdateFilter = PoolReconciler.SpecOrAnnotationsChanged.class))
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 120_000)
public final class PoolReconciler implements Reconciler<ExecutorPool>, AutoCloseable {
  private static final String DEMAND = "demand";

  private final FarmLinks links;
  private final boolean watchNodes;
  private final PoolLoop loop;
  private volatile @Nullable IndexerResourceCache<ExecutorPool> pools;
  private volatile @Nullable InformerEventSource<Pod, ExecutorPool> pods;
  private volatile @Nullable InformerEventSource<Node, ExecutorPool> nodes;

  /**
   * A reconciler.
   *
   * @param watchNodes whether nodes may be read; without, only pods tell that a node goes away
   */
  public PoolReconciler(
      KubernetesClient client,
      FarmLinks links,
      EventRecorder events,
      boolean watchNodes,
      Clock clock) {
    this.links = links;
    this.watchNodes = watchNodes;
    this.loop = new PoolLoop(client, links, events, clock);
  }

  @Override
  public List<EventSource<?, ExecutorPool>> prepareEventSources(
      EventSourceContext<ExecutorPool> context) {
    pools = context.getPrimaryCache();
    List<EventSource<?, ExecutorPool>> sources = new ArrayList<>();
    var podSource =
        new InformerEventSource<Pod, ExecutorPool>(
            InformerEventSourceConfiguration.from(Pod.class, ExecutorPool.class)
                .withName("pods")
                .withLabelSelector(
                    PoolNames.COMPONENT_LABEL
                        + "="
                        + PoolNames.COMPONENT
                        + ","
                        + PoolNames.POOL_LABEL)
                .withSecondaryToPrimaryMapper(PoolReconciler::poolOf)
                .build(),
            context);
    pods = podSource;
    sources.add(podSource);
    if (watchNodes) {
      var nodeSource =
          new InformerEventSource<Node, ExecutorPool>(
              InformerEventSourceConfiguration.from(Node.class, ExecutorPool.class)
                  .withName("nodes")
                  .withWatchAllNamespaces()
                  .withSecondaryToPrimaryMapper(this::poolsOn)
                  .withOnUpdateFilter(PoolReconciler::saysSomethingNew)
                  .build(),
              context);
      nodes = nodeSource;
      sources.add(nodeSource);
    }
    var demand = new SimpleInboundEventSource<ExecutorPool>(DEMAND);
    links.onChange(farm -> poolsOf(farm).forEach(demand::propagateEvent));
    sources.add(demand);
    return sources;
  }

  private static Set<ResourceID> poolOf(Pod pod) {
    return pod.getMetadata().getOwnerReferences().stream()
        .filter(owner -> ExecutorPool.KIND.equals(owner.getKind()))
        .map(owner -> new ResourceID(owner.getName(), pod.getMetadata().getNamespace()))
        .collect(Collectors.toSet());
  }

  private Set<ResourceID> poolsOn(Node node) {
    InformerEventSource<Pod, ExecutorPool> source = pods;
    String name = node.getMetadata().getName();
    return source == null
        ? Set.of()
        : source
            .list(pod -> pod.getSpec() != null && name.equals(pod.getSpec().getNodeName()))
            .flatMap(pod -> poolOf(pod).stream())
            .collect(Collectors.toSet());
  }

  private Set<ResourceID> poolsOf(FarmKey farm) {
    IndexerResourceCache<ExecutorPool> cache = pools;
    return cache == null
        ? Set.of()
        : cache
            .list(farm.namespace(), pool -> PoolNames.farm(pool).equals(farm.name()))
            .map(ResourceID::fromResource)
            .collect(Collectors.toSet());
  }

  /** A node writes its status all the time; little of it says that it goes. */
  private static boolean saysSomethingNew(Node now, Node before) {
    return !Objects.equals(now.getSpec(), before.getSpec())
        || now.isMarkedForDeletion() != before.isMarkedForDeletion()
        || !readiness(now).equals(readiness(before));
  }

  private static List<String> readiness(Node node) {
    return node.getStatus() == null
        ? List.of()
        : node.getStatus().getConditions().stream()
            .filter(condition -> "Ready".equals(condition.getType()))
            .flatMap(PoolReconciler::words)
            .toList();
  }

  private static Stream<String> words(NodeCondition condition) {
    return Stream.of(
        Objects.requireNonNullElse(condition.getStatus(), ""),
        Objects.requireNonNullElse(condition.getMessage(), ""));
  }

  @Override
  public UpdateControl<ExecutorPool> reconcile(ExecutorPool pool, Context<ExecutorPool> context) {
    IndexerResourceCache<ExecutorPool> cache = pools;
    if (cache != null) {
      loop.retain(
          cache.list().map(known -> known.getMetadata().getUid()).collect(Collectors.toSet()));
    }
    if (pool.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    List<Pod> own =
        context
            .getSecondaryResourcesAsStream(Pod.class)
            .filter(pod -> PoolLoop.isOwned(pod, pool))
            .toList();
    var next =
        loop.run(
            pool,
            own,
            nodesOf(own),
            status ->
                PrimaryUpdateAndCacheUtils.updateStatusAndCacheResource(
                    pool,
                    context,
                    newest -> {
                      if (newest.getStatus().podSequence() > status.podSequence()) {
                        throw new IllegalStateException(
                            "Another operator makes pods of this pool; looking again");
                      }
                      newest.setStatus(status);
                      return newest;
                    }));
    return UpdateControl.<ExecutorPool>noUpdate().rescheduleAfter(next);
  }

  private Map<String, Node> nodesOf(List<Pod> own) {
    InformerEventSource<Node, ExecutorPool> source = nodes;
    Map<String, Node> found = new HashMap<>();
    if (source != null) {
      for (Pod pod : own) {
        String name = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
        if (name != null && !found.containsKey(name)) {
          Optional<Node> node = source.get(new ResourceID(name));
          node.ifPresent(n -> found.put(name, n));
        }
      }
    }
    return found;
  }

  @Override
  public void close() {
    loop.close();
  }

  /** What the operator itself writes to a pool's status is no reason to look again. */
  static final class SpecOrAnnotationsChanged implements OnUpdateFilter<ExecutorPool> {
    @Override
    public boolean accept(ExecutorPool now, ExecutorPool before) {
      return generation(now) != generation(before)
          || !Objects.equals(
              now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations());
    }

    private static long generation(HasMetadata object) {
      return Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L);
    }
  }
}
