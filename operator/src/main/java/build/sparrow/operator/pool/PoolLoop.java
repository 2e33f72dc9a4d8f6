package build.sparrow.operator.pool;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolStatus;
import build.sparrow.farm.v1.LossClass;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.pool.PoolMemory.Refusal;
import build.sparrow.operator.status.EventRecorder;
import build.sparrow.operator.status.Trouble;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Observes a pool, plans, and does what was planned, once at a time for each pool. */
final class PoolLoop implements AutoCloseable {
  static final String SCALER = "sparrow-autoscaler";
  private static final Logger log = LoggerFactory.getLogger(PoolLoop.class);
  private static final int WRITES_PER_SECOND = 50;
  private static final Duration SOON = Duration.ofMillis(200);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(30);

  /** So long the API server itself is asked for a pool's pods. */
  private static final Duration UNTRUSTED = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final FarmLinks links;
  private final EventRecorder events;
  private final Clock clock;
  private final WriteBudget budget;
  private final Map<String, Known> memories = new ConcurrentHashMap<>();

  /** Frontends that do not answer hold a drain up for seconds, and must not hold up the next. */
  private final ExecutorService telling = Executors.newVirtualThreadPerTaskExecutor();

  private record Known(PoolMemory memory, Instant since) {}

  PoolLoop(KubernetesClient client, FarmLinks links, EventRecorder events, Clock clock) {
    this.client = client;
    this.links = links;
    this.events = events;
    this.clock = clock;
    this.budget = new WriteBudget(WRITES_PER_SECOND, clock.instant());
  }

  /** Writes a pool's status, and fails if the pool is not as it was read. */
  @FunctionalInterface
  interface StatusWriter {
    void write(ExecutorPoolStatus status);
  }

  /**
   * One round.
   *
   * @param pods that a cache has of the pool
   * @return when the next is due if nothing happens before
   */
  Duration run(
      ExecutorPool pool, List<Pod> pods, Map<String, Node> nodes, StatusWriter statusWriter) {
    String uid = pool.getMetadata().getUid();
    Instant now = clock.instant();
    Known known = memories.getOrDefault(uid, new Known(PoolMemory.NONE, now));
    // A cache may miss what was made by an operator before us, or by a round that failed.
    boolean trusted = !now.isBefore(known.since().plus(UNTRUSTED));
    List<Pod> seen = trusted ? pods : list(pool);
    FarmKey farm = new FarmKey(pool.getMetadata().getNamespace(), PoolNames.farm(pool));
    Plan plan =
        PoolPlanner.plan(
            pool, new PoolObservation(seen, nodes, links.view(farm)), known.memory(), now);
    memories.remove(uid); // Of a round that fails half-way nothing is remembered but what was read.
    PoolMemory memory = apply(pool, farm, plan, statusWriter);
    memories.put(uid, new Known(memory, known.since()));
    boolean undone =
        memory.made().size() < plan.memory().made().size()
            || memory.deleted().size() < plan.memory().deleted().size();
    return undone && plan.recheck().compareTo(SOON) > 0 ? SOON : plan.recheck();
  }

  /** Forgets the pools that are no more. */
  void retain(Set<String> uids) {
    memories.keySet().retainAll(uids);
  }

  private List<Pod> list(ExecutorPool pool) {
    return client
        .pods()
        .inNamespace(pool.getMetadata().getNamespace())
        .withLabels(PoolNames.selector(pool))
        .list()
        .getItems()
        .stream()
        .filter(pod -> isOwned(pod, pool))
        .toList();
  }

  static boolean isOwned(Pod pod, ExecutorPool pool) {
    return pod.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(pool.getMetadata().getUid()));
  }

  private PoolMemory apply(ExecutorPool pool, FarmKey farm, Plan plan, StatusWriter statusWriter) {
    plan.losses().forEach(name -> links.reportLoss(farm, name, LossClass.PREEMPTED));
    // Told at once: the time that a node leaves runs already.
    plan.drains()
        .forEach(drain -> telling.execute(() -> links.drain(farm, drain.pod(), drain.grace())));
    PoolMemory memory = plan.memory();
    if (!plan.status().equals(pool.getStatus())) {
      statusWriter.write(plan.status());
      memory = memory.statusWritten(clock.instant());
    }
    // After the status, which is written only to the version of the pool that was read.
    plan.replicas().ifPresent(replicas -> scale(pool, replicas));
    memory = create(plan.creations(), memory);
    for (Plan.Drain drain : plan.drains()) {
      if (!drain.marked()) {
        mark(pool, drain);
      }
    }
    Map<String, Instant> deleted = new HashMap<>(memory.deleted());
    for (Plan.Deletion deletion : plan.deletions()) {
      if (budget.take(clock.instant())) {
        delete(pool, deletion);
      } else {
        deleted.remove(deletion.uid()); // Planned again in the next round.
      }
    }
    plan.notes()
        .forEach(note -> events.record(pool, note.severity(), note.reason(), note.message()));
    return deleted.size() == memory.deleted().size() ? memory : memory.withDeleted(deleted);
  }

  private PoolMemory create(List<Pod> pods, PoolMemory before) {
    PoolMemory memory = before;
    boolean refused = false;
    for (Pod pod : pods) {
      if (refused || !budget.take(clock.instant())) {
        memory = memory.without(pod.getMetadata().getName());
        continue;
      }
      try {
        client.resource(pod).create();
        log.atInfo()
            .addKeyValue("pod", pod.getMetadata().getName())
            .addKeyValue("namespace", pod.getMetadata().getNamespace())
            .log("Made a pod");
      } catch (KubernetesClientException e) {
        if (e.getCode() == HTTP_CONFLICT) {
          continue; // Made by an earlier round whose answer was lost.
        }
        memory = memory.without(pod.getMetadata().getName()).refused(refusal(e));
        refused = true;
        log.atWarn()
            .addKeyValue("pod", pod.getMetadata().getName())
            .addKeyValue("error", e.getMessage())
            .log("A pod was refused, trying again in half a minute");
      }
    }
    return memory;
  }

  private Refusal refusal(KubernetesClientException e) {
    String message = e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage();
    Trouble trouble = Trouble.ofRefusal(message == null ? "no reason is given" : message);
    return new Refusal(trouble, clock.instant().plus(TRY_AGAIN));
  }

  /** Under a name of its own, so that the farm's own apply does not own the number. */
  private void scale(ExecutorPool pool, int replicas) {
    GenericKubernetesResource scaled =
        new GenericKubernetesResourceBuilder()
            .withApiVersion(BuildFarm.GROUP + "/" + BuildFarm.VERSION)
            .withKind(ExecutorPool.KIND)
            .withNewMetadata()
            .withName(pool.getMetadata().getName())
            .withNamespace(pool.getMetadata().getNamespace())
            .withUid(pool.getMetadata().getUid())
            .endMetadata()
            .addToAdditionalProperties("spec", Map.of("replicas", replicas))
            .build();
    client
        .genericKubernetesResources(ResourceDefinitionContext.fromResourceType(ExecutorPool.class))
        .resource(scaled)
        .fieldManager(SCALER)
        .forceConflicts()
        .serverSideApply();
  }

  private void mark(ExecutorPool pool, Plan.Drain drain) {
    if (!budget.take(clock.instant())) {
      return; // The next time that the frontends are told.
    }
    String patch =
        "{\"metadata\":{\"uid\":\"%s\",\"annotations\":{\"%s\":\"%s\"}}}"
            .formatted(drain.uid(), PoolNames.DRAINING_SINCE, drain.since());
    tolerantly(
        () ->
            client
                .pods()
                .inNamespace(pool.getMetadata().getNamespace())
                .withName(drain.pod())
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
  }

  private void delete(ExecutorPool pool, Plan.Deletion deletion) {
    DeleteOptions options =
        new DeleteOptionsBuilder()
            .withNewPreconditions()
            .withUid(deletion.uid())
            .endPreconditions()
            .build();
    String path =
        "/api/v1/namespaces/%s/pods/%s"
            .formatted(pool.getMetadata().getNamespace(), deletion.pod());
    tolerantly(() -> client.raw(path, "DELETE", options));
    log.atInfo()
        .addKeyValue("pod", deletion.pod())
        .addKeyValue("namespace", pool.getMetadata().getNamespace())
        .log("Deleted a pod");
  }

  /** A pod that is gone, or is another by now, needs nothing more. */
  private static void tolerantly(Runnable write) {
    try {
      write.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_NOT_FOUND && e.getCode() != HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    telling.shutdownNow();
  }
}
