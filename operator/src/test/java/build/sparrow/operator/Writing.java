package build.sparrow.operator;

import build.sparrow.operator.ApplyingApiServer.Refused;
import build.sparrow.operator.FieldOwners.Manager;
import build.sparrow.operator.StoredObjects.Place;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One write to one object. */
final class Writing {
  private static final int ALREADY_EXISTS = 409;

  private final StoredObjects objects;
  private final Request request;
  private final Place place;

  Writing(StoredObjects objects, Request request, String name) {
    this.objects = objects;
    this.request = request;
    this.place = new Place(request.plainResource(), request.namespace(), name);
  }

  ObjectNode run(HttpExchange exchange, String verb, JsonNode body) throws Refused {
    return switch (verb) {
      case "create" -> create((ObjectNode) body);
      case "update" -> update((ObjectNode) body);
      case "patch" -> patch(exchange.getRequestHeaders().getFirst("Content-Type"), body);
      default -> delete(body);
    };
  }

  private ObjectNode create(ObjectNode object) throws Refused {
    if (objects.get(place) != null) {
      throw new Refused(
          ALREADY_EXISTS, "AlreadyExists", "%s already exists".formatted(place.name()));
    }
    object.remove("status");
    new FieldOwners().update(JsonNodeFactory.instance.objectNode(), object, updater());
    return objects.put(place, inNamespace(object));
  }

  private ObjectNode update(ObjectNode object) throws Refused {
    ObjectNode live = live();
    checkVersion(live, object);
    return store(live, object);
  }

  private ObjectNode patch(String type, JsonNode body) throws Refused {
    if (type.contains("apply-patch")) {
      return apply((ObjectNode) body);
    }
    ObjectNode live = live();
    ObjectNode changed = live.deepCopy();
    if (type.contains("json-patch")) {
      try {
        JsonPatches.patch(changed, body);
      } catch (IllegalArgumentException e) {
        throw Refused.conflict(String.valueOf(e.getMessage()));
      }
    } else {
      JsonPatches.merge(changed, body);
    }
    checkVersion(live, changed);
    return store(live, changed);
  }

  private ObjectNode apply(ObjectNode patch) throws Refused {
    ObjectNode live = objects.get(place);
    Manager manager =
        new Manager(
            request.query().getOrDefault("fieldManager", ""), "Apply", request.subresource());
    if (manager.name().isEmpty()) {
      throw new Refused(400, "BadRequest", "fieldManager is required for apply patch");
    }
    if (request.subresource().isEmpty()) {
      patch.remove("status");
    }
    FieldOwners owners = live == null ? new FieldOwners() : FieldOwners.of(live);
    if (live != null && !Boolean.parseBoolean(request.query().get("force"))) {
      List<String> conflicts = owners.conflicts(live, patch, manager);
      if (!conflicts.isEmpty()) {
        throw Refused.conflict("Apply failed: " + String.join(", ", conflicts));
      }
    }
    return objects.put(place, inNamespace(owners.apply(live, patch, manager)));
  }

  private ObjectNode delete(JsonNode options) throws Refused {
    ObjectNode live = live();
    for (String field : List.of("uid", "resourceVersion")) {
      JsonNode wanted = options.at("/preconditions/" + field);
      if (wanted.isTextual() && !wanted.equals(live.get("metadata").get(field))) {
        throw Refused.conflict("the %s in the precondition is not the object's".formatted(field));
      }
    }
    boolean orphan = options.path("propagationPolicy").asText().equals("Orphan");
    ObjectNode gone = objects.delete(place, orphan);
    return gone == null ? live : gone;
  }

  /** Stores what this request may change: the status, the scale, or all but the status. */
  private ObjectNode store(ObjectNode live, ObjectNode changed) {
    ObjectNode result;
    switch (request.subresource()) {
      case "status" -> {
        result = live.deepCopy();
        setOrRemove(result, "status", changed.get("status"));
      }
      case "scale" -> {
        result = live.deepCopy();
        result.withObject("/spec").set("replicas", changed.at("/spec/replicas"));
      }
      default -> {
        result = changed.deepCopy();
        setOrRemove(result, "status", live.get("status"));
      }
    }
    FieldOwners.of(live).update(live, result, updater());
    return objects.put(place, inNamespace(result));
  }

  private static void setOrRemove(ObjectNode object, String field, @Nullable JsonNode value) {
    if (value == null) {
      object.remove(field);
    } else {
      object.set(field, value);
    }
  }

  private Manager updater() {
    return new Manager(
        request.query().getOrDefault("fieldManager", "somebody"), "Update", request.subresource());
  }

  private ObjectNode inNamespace(ObjectNode object) {
    ObjectNode metadata = object.withObject("/metadata");
    metadata.put("name", place.name());
    if (!place.namespace().isEmpty()) {
      metadata.put("namespace", place.namespace());
    }
    return object;
  }

  private ObjectNode live() throws Refused {
    ObjectNode live = objects.get(place);
    if (live == null) {
      throw Refused.notFound(place.resource(), place.name());
    }
    return live;
  }

  private static void checkVersion(ObjectNode live, ObjectNode changed) throws Refused {
    JsonNode version = changed.at("/metadata/resourceVersion");
    if (version.isTextual() && !version.equals(live.at("/metadata/resourceVersion"))) {
      throw Refused.conflict("the object has been modified; apply your changes to the latest");
    }
  }
}
