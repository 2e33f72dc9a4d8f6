package build.sparrow.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The objects of an API server with their versions, generations and history of changes. What is
 * owned only by objects that are gone goes, too.
 */
final class StoredObjects {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where an object is: {@code deployments.apps builds/main-frontend}. */
  record Place(String resource, String namespace, String name) {
    @Override
    public String toString() {
      return resource + " " + namespace + "/" + name;
    }
  }

  /** A change as a watch tells it; before is null for what is new. */
  record Change(
      long version, Place place, @Nullable ObjectNode before, @Nullable ObjectNode after) {}

  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final Map<String, Place> places = new TreeMap<>();
  private final List<Change> history = new ArrayList<>();
  private long version = 100;
  private long uids;

  synchronized @Nullable ObjectNode get(Place place) {
    ObjectNode object = objects.get(place.toString());
    return object == null ? null : object.deepCopy();
  }

  /** All of a resource, of one namespace or of all for an empty one. */
  synchronized List<ObjectNode> list(
      String resource, String namespace, Predicate<JsonNode> selector) {
    return objects.entrySet().stream()
        .filter(entry -> isOf(places.get(entry.getKey()), resource, namespace))
        .map(entry -> entry.getValue().deepCopy())
        .filter(selector)
        .toList();
  }

  private static boolean isOf(@Nullable Place place, String resource, String namespace) {
    return place != null
        && place.resource().equals(resource)
        && (namespace.isEmpty() || place.namespace().equals(namespace));
  }

  synchronized long version() {
    return version;
  }

  /** Stores the object as a new version, unless it is as it was. */
  synchronized ObjectNode put(Place place, ObjectNode object) {
    ObjectNode before = objects.get(place.toString());
    ObjectNode metadata = (ObjectNode) object.get("metadata");
    if (before == null) {
      metadata.put("uid", "uid-" + ++uids);
      metadata.put("generation", 1);
      metadata.put("creationTimestamp", "2026-01-01T00:00:00Z");
    } else {
      JsonNode old = before.get("metadata");
      metadata.set("uid", old.get("uid"));
      metadata.set("creationTimestamp", old.get("creationTimestamp"));
      metadata.set("resourceVersion", old.get("resourceVersion"));
      metadata.set("generation", old.get("generation"));
      if (object.equals(before)) {
        return before.deepCopy();
      }
      if (!object.path("spec").equals(before.path("spec"))) {
        metadata.put("generation", old.get("generation").asLong() + 1);
      }
    }
    metadata.put("resourceVersion", Long.toString(++version));
    ObjectNode stored = object.deepCopy();
    objects.put(place.toString(), stored);
    places.put(place.toString(), place);
    change(new Change(version, place, before, stored));
    return stored.deepCopy();
  }

  /** Deletes the object and, unless they are to be orphaned, all that only it owned. */
  synchronized @Nullable ObjectNode delete(Place place, boolean orphan) {
    ObjectNode gone = objects.remove(place.toString());
    if (gone == null) {
      return null;
    }
    places.remove(place.toString());
    ObjectNode last = gone.deepCopy();
    ((ObjectNode) last.get("metadata")).put("resourceVersion", Long.toString(++version));
    change(new Change(version, place, last, null));
    if (!orphan) {
      String uid = gone.at("/metadata/uid").asText();
      for (Place owned : List.copyOf(places.values())) {
        ObjectNode object = objects.get(owned.toString());
        if (object != null && isOwnedOnlyBy(object, uid)) {
          delete(owned, false);
        }
      }
    }
    return last;
  }

  private static boolean isOwnedOnlyBy(JsonNode object, String uid) {
    JsonNode owners = object.at("/metadata/ownerReferences");
    return !owners.isEmpty()
        && StreamSupport.stream(owners.spliterator(), false)
            .allMatch(owner -> owner.path("uid").asText().equals(uid));
  }

  private void change(Change change) {
    history.add(change);
    notifyAll();
  }

  /** The changes after a version; waits until there is one, at most a second. */
  synchronized List<Change> changesAfter(long seen) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (version <= seen && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.timedWait(this, 100);
    }
    return history.stream().filter(change -> change.version() > seen).toList();
  }

  /**
   * Every object by its place, without what differs between two ways to the same state: versions,
   * identities, times and who wrote last.
   */
  synchronized Map<String, JsonNode> state() {
    Map<String, JsonNode> state = new TreeMap<>();
    Map<String, String> names = new TreeMap<>();
    objects.forEach((place, object) -> names.put(object.at("/metadata/uid").asText(), place));
    objects.forEach(
        (place, object) -> {
          ObjectNode copy = object.deepCopy();
          ((ObjectNode) copy.get("metadata"))
              .remove(
                  Set.of(
                      "uid",
                      "resourceVersion",
                      "generation",
                      "creationTimestamp",
                      "managedFields"));
          String text = copy.toString();
          for (Map.Entry<String, String> uid : names.entrySet()) {
            text = text.replace('"' + uid.getKey() + '"', '"' + uid.getValue() + '"');
          }
          try {
            state.put(place, JSON.readTree(text));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    return state;
  }
}
