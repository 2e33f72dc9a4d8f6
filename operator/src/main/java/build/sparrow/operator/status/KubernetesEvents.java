package build.sparrow.operator.status;

import static java.net.HttpURLConnection.HTTP_CONFLICT;
import static java.net.HttpURLConnection.HTTP_NOT_FOUND;

import build.sparrow.operator.apply.Hash;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of the core API. What repeats is one event that counts: its name is a hash of what it is
 * about, its reason and its message, so that it stays one across restarts of the operator.
 */
public final class KubernetesEvents implements EventRecorder {
  static final Duration INTERVAL = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(KubernetesEvents.class);
  private static final int MAX_REMEMBERED = 4096;
  private static final int MAX_MESSAGE_CHARS = 1024; // What the API server takes.
  private static final int MAX_NAME_CHARS = 200;
  private static final String COMPONENT = "sparrow-operator";

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, Instant> lastWritten =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  public KubernetesEvents(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  @Override
  public void record(HasMetadata about, Severity severity, String reason, String message) {
    String text =
        message.length() <= MAX_MESSAGE_CHARS
            ? message
            : message.substring(0, MAX_MESSAGE_CHARS - 1) + "…";
    String name = name(about, reason, text);
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    if (!isDue(about.getMetadata().getNamespace() + "/" + name, now)) {
      return;
    }
    try {
      write(event(about, severity, reason, text, name, now), now);
    } catch (KubernetesClientException e) {
      // An event is for people; the loop goes on without it.
      log.atWarn()
          .addKeyValue("event", name)
          .addKeyValue("reason", reason)
          .addKeyValue("error", e.getMessage())
          .log("Event not written");
    }
  }

  private synchronized boolean isDue(String key, Instant now) {
    Instant last = lastWritten.get(key);
    if (last != null && now.isBefore(last.plus(INTERVAL))) {
      return false;
    }
    lastWritten.put(key, now);
    return true;
  }

  private void write(Event event, Instant now) {
    Resource<Event> resource = client.resource(event);
    try {
      resource.create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_CONFLICT) {
        throw e;
      }
      count(resource, now);
    }
  }

  private void count(Resource<Event> resource, Instant now) {
    Event there = resource.get();
    if (there == null) {
      return; // It expired just now; the next one is a new one.
    }
    int count = there.getCount() == null ? 1 : there.getCount();
    try {
      resource.patch(
          PatchContext.of(PatchType.JSON_MERGE),
          "{\"count\":%d,\"lastTimestamp\":\"%s\"}".formatted(count + 1, now));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static Event event(
      HasMetadata about,
      Severity severity,
      String reason,
      String message,
      String name,
      Instant now) {
    return new EventBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withInvolvedObject(
            new ObjectReferenceBuilder()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withName(about.getMetadata().getName())
                .withNamespace(about.getMetadata().getNamespace())
                .withUid(about.getMetadata().getUid())
                .build())
        .withType(severity.word())
        .withReason(reason)
        .withMessage(message)
        .withCount(1)
        .withFirstTimestamp(now.toString())
        .withLastTimestamp(now.toString())
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .withReportingInstance(COMPONENT)
        .build();
  }

  private static String name(HasMetadata about, String reason, String message) {
    String object = about.getMetadata().getName();
    String prefix =
        object.length() <= MAX_NAME_CHARS ? object : object.substring(0, MAX_NAME_CHARS);
    return prefix + "." + Hash.of(String.join("\n", about.getMetadata().getUid(), reason, message));
  }
}
