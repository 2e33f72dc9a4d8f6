package build.sparrow.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which field of an object, as server-side apply keeps it in {@code managedFields}. A
 * field is a path of segments, each as Kubernetes writes it: {@code f:name} or {@code k:{…}}.
 */
final class FieldOwners {
  /** Elements of these lists are told apart by these keys; every other list is one value. */
  private static final Map<String, List<String>> KEYS =
      Map.ofEntries(
          Map.entry("containers", List.of("name")),
          Map.entry("initContainers", List.of("name")),
          Map.entry("volumes", List.of("name")),
          Map.entry("env", List.of("name")),
          Map.entry("imagePullSecrets", List.of("name")),
          Map.entry("pullSecrets", List.of("name")),
          Map.entry("volumeMounts", List.of("mountPath")),
          Map.entry("ownerReferences", List.of("uid")),
          Map.entry("conditions", List.of("type")),
          Map.entry("topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable")));

  private static final Set<String> UNOWNED_AT_ROOT = Set.of("apiVersion", "kind");
  private static final Set<String> OWNED_IN_METADATA =
      Set.of("labels", "annotations", "ownerReferences", "finalizers");
  private static final String SEPARATOR = "\u0000";

  /** A manager that applies is another one than a manager of that name that updates. */
  record Manager(String name, String operation, String subresource) {}

  private final Map<Manager, Set<String>> owned = new LinkedHashMap<>();

  static FieldOwners of(JsonNode object) {
    FieldOwners owners = new FieldOwners();
    for (JsonNode entry : object.at("/metadata/managedFields")) {
      Set<String> paths = new TreeSet<>();
      flatten("", entry.path("fieldsV1"), paths);
      owners.owned.put(
          new Manager(
              entry.path("manager").asText(),
              entry.path("operation").asText(),
              entry.path("subresource").asText()),
          paths);
    }
    return owners;
  }

  /** Others who own a field to which the patch gives another value: what a 409 names. */
  List<String> conflicts(JsonNode live, ObjectNode patch, Manager manager) {
    List<String> conflicts = new ArrayList<>();
    Map<String, JsonNode> before = leaves(live);
    leaves(patch)
        .forEach(
            (path, value) -> {
              if (!value.equals(before.get(path))) {
                owned.forEach(
                    (other, paths) -> {
                      if (!other.equals(manager) && paths.contains(path)) {
                        conflicts.add(
                            "conflict with \"%s\": %s"
                                .formatted(other.name(), path.replace(SEPARATOR, "")));
                      }
                    });
              }
            });
    return conflicts;
  }

  /** The live object with what the manager applies, and without what only it had applied before. */
  ObjectNode apply(@Nullable ObjectNode live, ObjectNode patch, Manager manager) {
    ObjectNode merged = live == null ? JsonNodeFactory.instance.objectNode() : live.deepCopy();
    Map<String, JsonNode> wanted = leaves(patch);
    Set<String> dropped = new TreeSet<>(owned.getOrDefault(manager, Set.of()));
    dropped.removeAll(wanted.keySet());
    owned.forEach(
        (other, paths) -> {
          if (!other.equals(manager)) {
            dropped.removeAll(paths);
          }
        });
    dropped.forEach(path -> remove(merged, List.of(path.split(SEPARATOR, -1))));
    Map<String, JsonNode> before = leaves(merged);
    merge(merged, patch);
    wanted.forEach(
        (path, value) -> {
          if (!value.equals(before.get(path))) {
            owned.values().forEach(paths -> paths.remove(path));
          }
        });
    owned.put(manager, new TreeSet<>(wanted.keySet()));
    write(merged);
    return merged;
  }

  /** Gives the fields that an update changed to who changed them. */
  void update(JsonNode before, ObjectNode after, Manager manager) {
    Map<String, JsonNode> old = leaves(before);
    Map<String, JsonNode> now = leaves(after);
    Set<String> changed = new TreeSet<>();
    now.forEach(
        (path, value) -> {
          if (!value.equals(old.get(path))) {
            changed.add(path);
          }
        });
    owned
        .values()
        .forEach(
            paths -> {
              paths.removeAll(changed);
              paths.removeIf(path -> old.containsKey(path) && !now.containsKey(path));
            });
    if (!changed.isEmpty()) {
      owned.computeIfAbsent(manager, any -> new TreeSet<>()).addAll(changed);
    }
    write(after);
  }

  private void write(ObjectNode object) {
    ArrayNode entries = JsonNodeFactory.instance.arrayNode();
    owned.forEach(
        (manager, paths) -> {
          if (!paths.isEmpty()) {
            ObjectNode entry = entries.addObject();
            entry.put("manager", manager.name());
            entry.put("operation", manager.operation());
            entry.put("apiVersion", object.path("apiVersion").asText());
            entry.put("fieldsType", "FieldsV1");
            if (!manager.subresource().isEmpty()) {
              entry.put("subresource", manager.subresource());
            }
            ObjectNode fields = entry.putObject("fieldsV1");
            for (String path : paths) {
              ObjectNode node = fields;
              for (String segment : path.split(SEPARATOR, -1)) {
                node = node.withObject("/" + segment.replace("~", "~0").replace("/", "~1"));
              }
            }
          }
        });
    object.withObject("/metadata").set("managedFields", entries);
  }

  private static void flatten(String prefix, JsonNode fields, Set<String> paths) {
    if (fields.isEmpty()) {
      if (!prefix.isEmpty()) {
        paths.add(prefix);
      }
      return;
    }
    fields
        .properties()
        .forEach(
            field ->
                flatten(
                    prefix.isEmpty() ? field.getKey() : prefix + SEPARATOR + field.getKey(),
                    field.getValue(),
                    paths));
  }

  /** The values that have an owner, by path. */
  private static Map<String, JsonNode> leaves(JsonNode object) {
    Map<String, JsonNode> leaves = new TreeMap<>();
    object
        .properties()
        .forEach(
            field -> {
              if (field.getKey().equals("metadata")) {
                field
                    .getValue()
                    .properties()
                    .forEach(
                        part -> {
                          if (OWNED_IN_METADATA.contains(part.getKey())) {
                            collect(
                                "f:metadata" + SEPARATOR + "f:" + part.getKey(),
                                part.getKey(),
                                part.getValue(),
                                leaves);
                          }
                        });
              } else if (!UNOWNED_AT_ROOT.contains(field.getKey())) {
                collect("f:" + field.getKey(), field.getKey(), field.getValue(), leaves);
              }
            });
    return leaves;
  }

  private static void collect(
      String path, String name, JsonNode value, Map<String, JsonNode> leaves) {
    List<String> keys = KEYS.get(name);
    if (value instanceof ObjectNode object && !object.isEmpty()) {
      object
          .properties()
          .forEach(
              field ->
                  collect(
                      path + SEPARATOR + "f:" + field.getKey(),
                      field.getKey(),
                      field.getValue(),
                      leaves));
    } else if (value instanceof ArrayNode array && keys != null) {
      // Without elements it has no owner, as at a real API server.
      for (JsonNode element : array) {
        collect(path + SEPARATOR + "k:" + keyOf(element, keys), "", element, leaves);
      }
    } else {
      leaves.put(path, value);
    }
  }

  private static ObjectNode keyOf(JsonNode element, List<String> keys) {
    ObjectNode key = JsonNodeFactory.instance.objectNode();
    keys.forEach(name -> key.set(name, element.path(name)));
    return key;
  }

  private static void remove(JsonNode node, List<String> path) {
    String segment = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    if (segment.startsWith("f:") && node instanceof ObjectNode object) {
      String name = segment.substring(2);
      if (rest.isEmpty()) {
        object.remove(name);
      } else if (object.has(name)) {
        remove(object.get(name), rest);
        if (object.get(name).isEmpty()) {
          object.remove(name);
        }
      }
    } else if (segment.startsWith("k:") && node instanceof ArrayNode array) {
      for (int i = array.size() - 1; i >= 0; i--) {
        JsonNode element = array.get(i);
        List<String> names = new ArrayList<>();
        element.fieldNames().forEachRemaining(names::add);
        boolean same =
            KEYS.values().stream()
                .filter(names::containsAll)
                .anyMatch(keys -> segment.equals("k:" + keyOf(element, keys)));
        if (same && !rest.isEmpty()) {
          remove(element, rest);
          if (element.isEmpty()) {
            array.remove(i);
          }
        }
      }
    }
  }

  private static void merge(ObjectNode target, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              JsonNode value = field.getValue();
              JsonNode there = target.get(name);
              List<String> keys = KEYS.get(name);
              if (value instanceof ObjectNode object && there instanceof ObjectNode into) {
                merge(into, object);
              } else if (value instanceof ArrayNode elements
                  && there instanceof ArrayNode into
                  && keys != null) {
                mergeElements(into, elements, keys);
              } else {
                target.set(name, value.deepCopy());
              }
            });
  }

  private static void mergeElements(ArrayNode target, ArrayNode patch, List<String> keys) {
    for (JsonNode element : patch) {
      boolean found = false;
      for (JsonNode there : target) {
        if (keyOf(there, keys).equals(keyOf(element, keys))) {
          merge((ObjectNode) there, (ObjectNode) element);
          found = true;
        }
      }
      if (!found) {
        target.add(element.deepCopy());
      }
    }
  }
}
