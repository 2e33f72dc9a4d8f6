package build.sparrow.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The patches by which a client changes parts of an object: RFC 7396 and RFC 6902. */
final class JsonPatches {
  private JsonPatches() {}

  /** RFC 7396. */
  static void merge(ObjectNode target, JsonNode patch) {
    patch
        .properties()
        .forEach(
            field -> {
              JsonNode there = target.get(field.getKey());
              if (field.getValue().isNull()) {
                target.remove(field.getKey());
              } else if (field.getValue() instanceof ObjectNode object) {
                ObjectNode into =
                    there instanceof ObjectNode existing
                        ? existing
                        : target.putObject(field.getKey());
                merge(into, object);
              } else {
                target.set(field.getKey(), field.getValue());
              }
            });
  }

  /** RFC 6902, but for move and copy, which no client of ours sends. */
  static void patch(ObjectNode target, JsonNode operations) {
    for (JsonNode operation : operations) {
      String path = operation.path("path").asText();
      int slash = path.lastIndexOf('/');
      JsonNode parent = target.at(path.substring(0, slash));
      String name = path.substring(slash + 1).replace("~1", "/").replace("~0", "~");
      JsonNode value = operation.path("value");
      switch (operation.path("op").asText()) {
        case "add" -> add(parent, name, value);
        case "replace" -> replace(parent, name, value);
        case "remove" -> remove(parent, name);
        case "test" -> {
          if (!target.at(path).equals(value)) {
            throw new IllegalArgumentException(path + " is not " + value);
          }
        }
        default -> throw new IllegalArgumentException("No such operation: " + operation);
      }
    }
  }

  private static void add(JsonNode parent, String name, JsonNode value) {
    if (parent instanceof ArrayNode array) {
      array.insert(name.equals("-") ? array.size() : Integer.parseInt(name), value);
    } else {
      ((ObjectNode) parent).set(name, value);
    }
  }

  private static void replace(JsonNode parent, String name, JsonNode value) {
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(name), value);
    } else {
      ((ObjectNode) parent).set(name, value);
    }
  }

  private static void remove(JsonNode parent, String name) {
    if (parent instanceof ArrayNode array) {
      array.remove(Integer.parseInt(name));
    } else {
      ((ObjectNode) parent).remove(name);
    }
  }
}
