package build.sparrow.operator.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Whether every field that we applied is still ours. The API server takes a field from its applier
 * as soon as somebody else gives it another value, so that what is ours is also as we wrote it, and
 * defaults, zeros and units of the server need no comparing. Only a list without elements may have
 * no owner, where the server owns lists by their elements; it has to be without elements still.
 */
final class OwnedFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What identifies an object; the server keeps no owner of these. */
  private static final Set<String> UNOWNED_AT_ROOT = Set.of("apiVersion", "kind", "status");

  private static final Set<String> UNOWNED_IN_METADATA = Set.of("name", "namespace");

  private OwnedFields() {}

  /** Whether the manager owns, in the live object, each field of the desired one. */
  static boolean cover(HasMetadata live, JsonNode desired, String manager) {
    List<ManagedFieldsEntry> entries = live.getMetadata().getManagedFields();
    if (entries == null) {
      return false;
    }
    return entries.stream()
        .filter(entry -> manager.equals(entry.getManager()))
        .filter(entry -> "Apply".equals(entry.getOperation()))
        .filter(entry -> entry.getSubresource() == null || entry.getSubresource().isEmpty())
        .anyMatch(
            entry ->
                coversRoot(JSON.valueToTree(entry.getFieldsV1()), desired, JSON.valueToTree(live)));
  }

  private static boolean coversRoot(JsonNode fields, JsonNode desired, JsonNode live) {
    return desired.properties().stream()
        .filter(field -> !UNOWNED_AT_ROOT.contains(field.getKey()))
        .allMatch(
            field ->
                field.getKey().equals("metadata")
                    ? coversMetadata(fields.path("f:metadata"), field.getValue())
                    : coversField(fields, field, live));
  }

  private static boolean coversMetadata(JsonNode fields, JsonNode metadata) {
    return metadata.properties().stream()
        .filter(field -> !UNOWNED_IN_METADATA.contains(field.getKey()))
        .allMatch(field -> coversField(fields, field, MissingNode.getInstance()));
  }

  private static boolean coversField(
      JsonNode fields, Map.Entry<String, JsonNode> field, JsonNode live) {
    return covers(fields.path("f:" + field.getKey()), field.getValue(), live.path(field.getKey()));
  }

  private static boolean covers(JsonNode fields, JsonNode desired, JsonNode live) {
    if (fields instanceof MissingNode) {
      return desired.isArray() && desired.isEmpty() && live.isEmpty();
    }
    if (fields.isEmpty()) {
      return true; // Owned as a whole.
    }
    return switch (desired) {
      case ObjectNode object ->
          object.properties().stream().allMatch(field -> coversField(fields, field, live));
      case ArrayNode array -> coversEach(fields, array);
      default -> true;
    };
  }

  /** The keys say by which fields the server tells elements apart. */
  private static boolean coversEach(JsonNode fields, ArrayNode elements) {
    for (JsonNode element : elements) {
      boolean owned =
          fields.properties().stream()
              .anyMatch(
                  field ->
                      isKeyOf(field.getKey(), element)
                          && (field.getValue().isEmpty()
                              || covers(field.getValue(), element, MissingNode.getInstance())));
      if (!owned) {
        return false;
      }
    }
    return true;
  }

  private static boolean isKeyOf(String key, JsonNode element) {
    if (key.startsWith("v:")) {
      return Objects.equals(parse(key.substring(2)), element);
    }
    return key.startsWith("k:")
        && parse(key.substring(2)).properties().stream()
            .allMatch(part -> isPart(part, element.path(part.getKey())));
  }

  /** A part of the key that the element leaves out is one that the server fills in. */
  private static boolean isPart(Map.Entry<String, JsonNode> part, JsonNode value) {
    return value instanceof MissingNode || value.equals(part.getValue());
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new IllegalArgumentException("The API server names an element " + json, e);
    }
  }
}
