package build.sparrow.operator.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.TreeMap;

/** JSON whose keys are sorted, so that equal values are equal texts in every run of the JVM. */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** The value as a tree with sorted keys. */
  public static JsonNode tree(KubernetesSerialization serialization, Object value) {
    return sorted(serialization.convertValue(value, JsonNode.class));
  }

  private static JsonNode sorted(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        TreeMap<String, JsonNode> fields = new TreeMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
        yield JsonNodeFactory.instance.objectNode().setAll(fields);
      }
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode();
        array.forEach(element -> copy.add(sorted(element)));
        yield copy;
      }
      default -> node;
    };
  }
}
