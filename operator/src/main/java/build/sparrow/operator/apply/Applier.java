package build.sparrow.operator.apply;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes objects as they are desired, by server-side apply: our fields only. An object is left alone
 * if it carries the hash of what is desired and all of our fields are still ours.
 */
public final class Applier {
  public static final String DESIRED_HASH = "sparrow.build/desired-hash";

  private static final Logger log = LoggerFactory.getLogger(Applier.class);

  /** For so long what we wrote is believed more than a cache that has not seen it. */
  private static final Duration CACHE_LAG = Duration.ofSeconds(5);

  private final KubernetesClient client;
  private final String manager;
  private final InstantSource clock;
  private final ApplyLoop loop = new ApplyLoop();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  /** What became of an object. */
  public enum Outcome {
    UNCHANGED,
    WRITTEN,
    /** Not written, because somebody undoes what we write. */
    HELD_BACK
  }

  private record Answer(HasMetadata object, Instant at) {}

  /**
   * An applier.
   *
   * @param manager the name under which we own fields
   */
  public Applier(KubernetesClient client, String manager, InstantSource clock) {
    this.client = client;
    this.manager = manager;
    this.clock = clock;
  }

  /**
   * Makes the object as it is desired.
   *
   * @param live the object as a cache has it, which may lag
   * @throws KubernetesClientException if the API server refuses it or does not answer
   */
  public Outcome apply(HasMetadata desired, @Nullable HasMetadata live) {
    KubernetesSerialization serialization = client.getKubernetesSerialization();
    String hash = Hash.of(CanonicalJson.tree(serialization, desired).toString());
    HasMetadata marked = marked(serialization.clone(desired), hash);
    JsonNode fields = CanonicalJson.tree(serialization, marked);
    String key = key(desired);
    HasMetadata newest = newest(key, live);
    if (newest != null && carries(newest, hash) && OwnedFields.cover(newest, fields, manager)) {
      return Outcome.UNCHANGED;
    }
    if (!loop.admit(key, hash, clock.instant())) {
      return Outcome.HELD_BACK;
    }
    answers.put(key, new Answer(write(marked), clock.instant()));
    return Outcome.WRITTEN;
  }

  /** Whether the object is held back because somebody undoes what we write. */
  public boolean holdsBack(HasMetadata desired) {
    return loop.holdsBack(key(desired), clock.instant());
  }

  /**
   * Deletes what we own and nobody wants any more.
   *
   * @return how many
   */
  public int prune(
      Collection<? extends HasMetadata> owned, Collection<? extends HasMetadata> wanted) {
    Set<String> kept = wanted.stream().map(Applier::key).collect(Collectors.toSet());
    int deleted = 0;
    for (HasMetadata object : owned) {
      if (!kept.contains(key(object)) && !object.isMarkedForDeletion() && delete(object)) {
        deleted++;
      }
    }
    return deleted;
  }

  private HasMetadata write(HasMetadata object) {
    try {
      return resource(object).fieldManager(manager).serverSideApply();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_CONFLICT) {
        throw e;
      }
      // These fields are what the farm's spec says; whoever else wants them is told by the log.
      log.atWarn()
          .addKeyValue("object", key(object))
          .addKeyValue("conflict", e.getMessage())
          .log("Taking fields that another manager owns");
      return resource(object).fieldManager(manager).forceConflicts().serverSideApply();
    }
  }

  private boolean delete(HasMetadata object) {
    try {
      // Not one that was made anew since the cache saw it.
      resource(object).lockResourceVersion(object.getMetadata().getResourceVersion()).delete();
      log.atInfo().addKeyValue("object", key(object)).log("Deleted an object no longer wanted");
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HTTP_CONFLICT || e.getCode() == HTTP_NOT_FOUND) {
        return false; // The cache lags; the next round sees it as it is.
      }
      throw e;
    }
  }

  private Resource<HasMetadata> resource(HasMetadata object) {
    if (object instanceof GenericKubernetesResource generic) {
      @SuppressWarnings({"unchecked", "rawtypes"})
      Resource<HasMetadata> resource =
          (Resource) client.genericKubernetesResources(context(generic)).resource(generic);
      return resource;
    }
    return client.resource(object);
  }

  private static ResourceDefinitionContext context(GenericKubernetesResource object) {
    String[] groupAndVersion = object.getApiVersion().split("/", 2);
    return new ResourceDefinitionContext.Builder()
        .withGroup(groupAndVersion[0])
        .withVersion(groupAndVersion[1])
        .withKind(object.getKind())
        .withPlural(object.getKind().toLowerCase(Locale.ROOT) + "s")
        .withNamespaced(true)
        .build();
  }

  private @Nullable HasMetadata newest(String key, @Nullable HasMetadata live) {
    Answer answer = answers.get(key);
    if (answer == null) {
      return live;
    }
    boolean lags = live == null || version(live) < version(answer.object());
    if (lags && clock.instant().isBefore(answer.at().plus(CACHE_LAG))) {
      return answer.object();
    }
    answers.remove(key, answer);
    return live;
  }

  private static long version(HasMetadata object) {
    try {
      return Long.parseLong(object.getMetadata().getResourceVersion());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // Not comparable: believe the cache.
    }
  }

  private static boolean carries(HasMetadata object, String hash) {
    return Optional.ofNullable(object.getMetadata().getAnnotations())
        .map(annotations -> hash.equals(annotations.get(DESIRED_HASH)))
        .orElse(false);
  }

  private static HasMetadata marked(HasMetadata object, String hash) {
    Map<String, String> annotations = new TreeMap<>();
    annotations.putAll(Optional.ofNullable(object.getMetadata().getAnnotations()).orElse(Map.of()));
    annotations.put(DESIRED_HASH, hash);
    object.getMetadata().setAnnotations(annotations);
    return object;
  }

  private static String key(HasMetadata object) {
    return object.getKind()
        + " "
        + object.getMetadata().getNamespace()
        + "/"
        + object.getMetadata().getName();
  }
}
