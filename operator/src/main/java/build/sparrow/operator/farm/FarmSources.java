package build.sparrow.operator.farm;

import static java.net.HttpURLConnection.HTTP_FORBIDDEN;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.operator.farm.FarmObservation.Presence;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelectorBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where observations come from: informers of what carries the farm's label, and of the events that
 * say why something was not made. What is asked for by itself is asked seldom and by name.
 */
final class FarmSources {
  private static final List<Class<? extends HasMetadata>> OWNED =
      List.of(
          Deployment.class,
          StatefulSet.class,
          Service.class,
          ConfigMap.class,
          ServiceAccount.class,
          PodDisruptionBudget.class,
          NetworkPolicy.class,
          ExecutorPool.class);

  /** The controllers of StatefulSets and of disks tell nobody else. */
  private static final List<String> REASONS = List.of("FailedCreate", "ProvisioningFailed");

  private static final Pattern SHARD = Pattern.compile("(?:data-)?(.+)-shard(?:-[0-9]+)?");
  private static final Duration KINDS_KNOWN_FOR = Duration.ofMinutes(5);

  private static final ResourceDefinitionContext POD_MONITORS =
      new ResourceDefinitionContext.Builder()
          .withGroup("monitoring.coreos.com")
          .withVersion("v1")
          .withKind(MonitoringObjects.KIND)
          .withPlural("podmonitors")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;
  private final InstantSource clock;
  private volatile Kinds kinds = new Kinds(false, Instant.MIN);

  private record Kinds(boolean podMonitors, Instant until) {}

  FarmSources(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  List<EventSource<?, BuildFarm>> eventSources(EventSourceContext<BuildFarm> context) {
    List<EventSource<?, BuildFarm>> sources = new ArrayList<>();
    String ours = Labels.MANAGED_BY + "=" + Labels.OPERATOR + "," + Labels.FARM;
    for (Class<? extends HasMetadata> type : OWNED) {
      sources.add(labelled(type, ours, context));
    }
    sources.add(labelled(PersistentVolumeClaim.class, ours, context));
    sources.add(
        labelled(
            Pod.class,
            "%s,%s in (%s,%s)"
                .formatted(Labels.FARM, Labels.COMPONENT, FarmNames.FRONTEND, FarmNames.SHARD),
            context));
    for (String reason : REASONS) {
      sources.add(
          new InformerEventSource<>(
              InformerEventSourceConfiguration.from(Event.class, BuildFarm.class)
                  .withName(reason)
                  .withFieldSelector(new FieldSelectorBuilder().withField("reason", reason).build())
                  .withSecondaryToPrimaryMapper(FarmSources::farmOfEvent)
                  .build(),
              context));
    }
    return sources;
  }

  private static <T extends HasMetadata> EventSource<T, BuildFarm> labelled(
      Class<T> type, String selector, EventSourceContext<BuildFarm> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(type, BuildFarm.class)
            .withName(HasMetadata.getPlural(type))
            .withLabelSelector(selector)
            .withSecondaryToPrimaryMapper(FarmSources::farmOf)
            .build(),
        context);
  }

  private static Set<ResourceID> farmOf(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    String farm = labels == null ? null : labels.get(Labels.FARM);
    return farm == null
        ? Set.of()
        : Set.of(new ResourceID(farm, object.getMetadata().getNamespace()));
  }

  static Set<ResourceID> farmOfEvent(Event event) {
    Matcher name =
        SHARD.matcher(Optional.ofNullable(event.getInvolvedObject().getName()).orElse(""));
    return name.matches()
        ? Set.of(new ResourceID(name.group(1), event.getMetadata().getNamespace()))
        : Set.of();
  }

  FarmObservation observe(FarmNames names, Context<BuildFarm> context) {
    List<HasMetadata> owned =
        new ArrayList<>(
            FarmObservation.ownedBy(
                names, OWNED.stream().flatMap(type -> secondaries(type, context)).toList()));
    if (hasPodMonitors()) {
      podMonitor(names).ifPresent(owned::add);
    }
    List<PersistentVolumeClaim> claims =
        context
            .getSecondaryResourcesAsStream(PersistentVolumeClaim.class)
            .filter(found -> names.isClaim(found.getMetadata().getName()))
            .toList();
    return new FarmObservation(
        names,
        owned,
        context.getSecondaryResourcesAsStream(Pod.class).toList(),
        claims,
        context.getSecondaryResourcesAsStream(Event.class).toList(),
        kinds.podMonitors(),
        claims.stream().findFirst().map(this::storageClass).orElse(Presence.UNKNOWN));
  }

  private static <T extends HasMetadata> Stream<T> secondaries(
      Class<T> type, Context<BuildFarm> context) {
    return context.getSecondaryResourcesAsStream(type);
  }

  private boolean hasPodMonitors() {
    Instant now = clock.instant();
    if (now.isAfter(kinds.until())) {
      kinds =
          new Kinds(
              client.supports(MonitoringObjects.API_VERSION, MonitoringObjects.KIND),
              now.plus(KINDS_KNOWN_FOR));
    }
    return kinds.podMonitors();
  }

  /** Asked for by name, because an informer of a kind that comes and goes is not healthy. */
  private Optional<HasMetadata> podMonitor(FarmNames names) {
    try {
      GenericKubernetesResource found =
          client
              .genericKubernetesResources(POD_MONITORS)
              .inNamespace(names.namespace())
              .withName(names.farm())
              .get();
      return found == null
          ? Optional.empty()
          : FarmObservation.ownedBy(names, List.of(found)).stream().findFirst();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_FORBIDDEN || e.getCode() == HTTP_NOT_FOUND) {
        kinds =
            new Kinds(false, clock.instant().plus(KINDS_KNOWN_FOR)); // The chart grants it or not.
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Asked for only while a disk waits for it. */
  private Presence storageClass(PersistentVolumeClaim claim) {
    String name = claim.getSpec().getStorageClassName();
    boolean pending = claim.getStatus() != null && "Pending".equals(claim.getStatus().getPhase());
    if (!pending || name == null || name.isEmpty()) {
      return Presence.UNKNOWN;
    }
    try {
      return client.storage().v1().storageClasses().withName(name).get() == null
          ? Presence.MISSING
          : Presence.PRESENT;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_FORBIDDEN) {
        return Presence.UNKNOWN;
      }
      throw e;
    }
  }
}
