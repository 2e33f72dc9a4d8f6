package build.sparrow.operator.farm;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmStatus;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.operator.ApplyingApiServer;
import build.sparrow.operator.ManualClock;
import build.sparrow.operator.farm.FarmObservation.Presence;
import build.sparrow.operator.status.ConditionType;
import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.StrictYaml;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cluster with one farm: its API server, and controllers that are played by the test. */
final class FarmWorld implements AutoCloseable {
  static final String NAMESPACE = "builds";
  static final String IMAGE = "registry.example.com:5000/sparrow:0.1.0";

  final ApplyingApiServer server = ApplyingApiServer.start();
  final ManualClock clock = new ManualClock();
  final RecordingLinks links = new RecordingLinks();
  final List<String> told = new ArrayList<>();
  FarmLoop loop = newLoop();
  Presence storageClass = Presence.UNKNOWN;
  boolean podMonitors;

  private String name = "main";

  FarmWorld() throws IOException {}

  /** Another operator, which remembers nothing. */
  FarmLoop newLoop() {
    return new FarmLoop(
        server.client(),
        links,
        (about, severity, reason, message) -> told.add(severity.word() + " " + reason),
        IMAGE,
        clock);
  }

  static BuildFarm parse(String yaml) {
    try {
      return StrictYaml.read(yaml, BuildFarm.class);
    } catch (InvalidConfigurationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static BuildFarm farm(String spec) {
    return parse(
        """
        apiVersion: sparrow.build/v1alpha1
        kind: BuildFarm
        metadata: {name: main}
        spec:
        """
            + spec.indent(2));
  }

  /** What a person does with kubectl apply. */
  void apply(BuildFarm farm) {
    name = farm.getMetadata().getName();
    farm.getMetadata().setNamespace(NAMESPACE);
    BuildFarm there = server.client().resource(farm).get();
    if (there != null) {
      farm.setStatus(there.getStatus());
    }
    server.put(farm);
  }

  BuildFarm farm() {
    return server.client().resources(BuildFarm.class).inNamespace(NAMESPACE).withName(name).get();
  }

  FarmNames names() {
    return FarmNames.of(farm());
  }

  FarmObservation observe() {
    FarmNames names = names();
    List<HasMetadata> objects = new ArrayList<>();
    for (Class<? extends HasMetadata> type :
        List.of(
            Deployment.class,
            StatefulSet.class,
            Service.class,
            ConfigMap.class,
            ServiceAccount.class,
            PodDisruptionBudget.class,
            NetworkPolicy.class,
            ExecutorPool.class)) {
      objects.addAll(all(type));
    }
    if (podMonitors) {
      Optional.ofNullable(
              server
                  .client()
                  .genericKubernetesResources(MonitoringObjects.API_VERSION, MonitoringObjects.KIND)
                  .inNamespace(NAMESPACE)
                  .withName(name)
                  .get())
          .ifPresent(objects::add);
    }
    return new FarmObservation(
        names,
        FarmObservation.ownedBy(names, objects),
        all(Pod.class),
        all(PersistentVolumeClaim.class).stream()
            .filter(claim -> names.isClaim(claim.getMetadata().getName()))
            .toList(),
        all(Event.class),
        podMonitors,
        storageClass);
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return server.client().resources(type).inNamespace(NAMESPACE).list().getItems();
  }

  <T extends HasMetadata> T get(Class<T> type, String object) {
    T found = server.client().resources(type).inNamespace(NAMESPACE).withName(object).get();
    if (found == null) {
      throw new AssertionError("There is no " + type.getSimpleName() + " " + object);
    }
    return found;
  }

  /** One round, with the status written as the reconciler does. */
  BuildFarmStatus round() {
    BuildFarm farm = farm();
    loop.run(farm, observe())
        .status()
        .ifPresent(
            status -> {
              farm.setStatus(status);
              server.client().resource(farm).updateStatus();
            });
    return farm().getStatus();
  }

  Condition condition(ConditionType type) {
    return farm().getStatus().conditions().stream()
        .filter(condition -> condition.getType().equals(type.word()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No condition " + type.word()));
  }

  String stateOf(ConditionType type) {
    return condition(type).getStatus() + " " + condition(type).getReason();
  }

  /** Everything that was planned comes up. */
  void controllersFinish() {
    storageComesUp();
    frontendsComeUp();
    for (ExecutorPool pool : all(ExecutorPool.class)) {
      poolHas(pool, Optional.ofNullable(pool.getSpec().replicas()).orElse(0), List.of());
    }
  }

  void storageComesUp() {
    shardsComeUp(1);
  }

  void shardsComeUp(int shards) {
    StatefulSet set = get(StatefulSet.class, name + "-shard");
    set.setStatus(
        new StatefulSetStatusBuilder()
            .withObservedGeneration(set.getMetadata().getGeneration())
            .withReplicas(shards)
            .withReadyReplicas(shards)
            .withCurrentRevision("r1")
            .withUpdateRevision("r1")
            .build());
    server.put(set);
    claimIs(
        "Bound",
        set.getSpec().getVolumeClaimTemplates().getFirst().getSpec().getStorageClassName(),
        ShardObjects.requested(set.getSpec().getVolumeClaimTemplates().getFirst()).toString());
  }

  void frontendsComeUp() {
    Deployment deployment = get(Deployment.class, name + "-frontend");
    int replicas = deployment.getSpec().getReplicas();
    deployment.setStatus(
        new DeploymentStatusBuilder()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(replicas)
            .withReadyReplicas(replicas)
            .withUpdatedReplicas(replicas)
            .build());
    server.put(deployment);
    for (int i = 0; i < replicas; i++) {
      server.put(
          new PodBuilder(pod(FarmNames.FRONTEND, i))
              .withNewStatus()
              .withPodIP("10.0.0." + (i + 1))
              .withHostIP("192.0.2." + (i + 1))
              .addNewCondition()
              .withType("Ready")
              .withStatus("True")
              .endCondition()
              .endStatus()
              .build());
    }
  }

  void poolHas(ExecutorPool pool, int ready, List<Condition> conditions) {
    pool.setStatus(
        new ExecutorPoolStatus(
            1L, ready, ready, 0, 0, ready, 0, null, 0L, null, null, null, conditions));
    server.put(pool);
  }

  void claimIs(String phase, @Nullable String storageClass, String size) {
    server.put(
        new PersistentVolumeClaimBuilder()
            .withNewMetadata()
            .withName("data-" + name + "-shard-0")
            .withNamespace(NAMESPACE)
            .withLabels(Labels.of(name, FarmNames.SHARD, null))
            .endMetadata()
            .withNewSpec()
            .withStorageClassName(storageClass)
            .withNewResources()
            .addToRequests("storage", new Quantity(size))
            .endResources()
            .endSpec()
            .withNewStatus()
            .withPhase(phase)
            .addToCapacity("storage", new Quantity(size))
            .endStatus()
            .build());
  }

  Pod pod(String component, int ordinal) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name + "-" + component + "-" + ordinal)
        .withNamespace(NAMESPACE)
        .withLabels(Labels.of(name, component, null))
        .endMetadata()
        .build();
  }

  @Override
  public void close() {
    server.close();
  }
}
