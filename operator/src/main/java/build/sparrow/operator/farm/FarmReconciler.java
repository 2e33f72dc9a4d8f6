package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.operator.farm.FarmLoop.Round;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.status.EventRecorder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Keeps farms true: what was seen by informers goes into a {@link FarmLoop}, and its status to the
 * API server. There is no finalizer: what a farm owns goes with it, also without an operator.
 */
@ControllerConfiguration(
    name = "buildfarm",
    generationAwareEventProcessing = false,
    triggerReconcilerOnAllEvents = true, // Also of a deletion, which needs no finalizer so.
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 2, timeUnit = TimeUnit.MINUTES),
    informer = @Informer(onUpdateFilter = FarmReconciler.SpecOrAnnotationsChanged.class))
@GradualRetry(
    maxAttempts = -1,
    initialInterval = 1000,
    intervalMultiplier = 2,
    maxInterval = 120_000)
@RateLimited(maxReconciliations = 4, within = 2)
public final class FarmReconciler implements Reconciler<BuildFarm> {
  private final KubernetesClient client;
  private final FarmLoop loop;
  private final FarmSources sources;

  /**
   * A reconciler.
   *
   * @param operatorImage the image of farms that name none
   */
  public FarmReconciler(
      KubernetesClient client,
      FarmLinks links,
      EventRecorder events,
      String operatorImage,
      Clock clock) {
    this.client = client;
    this.loop = new FarmLoop(client, links, events, operatorImage, clock);
    this.sources = new FarmSources(client, clock);
  }

  @Override
  public List<EventSource<?, BuildFarm>> prepareEventSources(
      EventSourceContext<BuildFarm> context) {
    return sources.eventSources(context);
  }

  @Override
  public UpdateControl<BuildFarm> reconcile(BuildFarm farm, Context<BuildFarm> context) {
    if (context.isPrimaryResourceDeleted() || farm.isMarkedForDeletion()) {
      return forget(farm);
    }
    try {
      return round(farm, context);
    } catch (RuntimeException e) {
      if (isGone(farm)) {
        return forget(farm); // It went during the round, and no other round will be for it.
      }
      throw e;
    }
  }

  private UpdateControl<BuildFarm> round(BuildFarm farm, Context<BuildFarm> context) {
    Round round = loop.run(farm, sources.observe(FarmNames.of(farm), context));
    round
        .status()
        .ifPresent(
            status ->
                PrimaryUpdateAndCacheUtils.updateStatusAndCacheResource(
                    farm,
                    context,
                    newest -> {
                      newest.setStatus(status);
                      return newest;
                    }));
    return UpdateControl.<BuildFarm>noUpdate().rescheduleAfter(round.next());
  }

  private UpdateControl<BuildFarm> forget(BuildFarm farm) {
    loop.forget(new FarmKey(farm.getMetadata().getNamespace(), farm.getMetadata().getName()));
    return UpdateControl.noUpdate();
  }

  private boolean isGone(BuildFarm farm) {
    try {
      return client.resource(farm).get() == null;
    } catch (KubernetesClientException e) {
      return false; // Nobody can say.
    }
  }

  /** What the operator itself writes to a farm is no reason to look again. */
  static final class SpecOrAnnotationsChanged implements OnUpdateFilter<BuildFarm> {
    @Override
    public boolean accept(BuildFarm now, BuildFarm before) {
      return !Objects.equals(
              now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
          || !Objects.equals(
              now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations())
          || now.isMarkedForDeletion() != before.isMarkedForDeletion();
    }
  }
}
