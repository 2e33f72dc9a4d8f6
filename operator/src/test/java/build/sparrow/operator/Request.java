package build.sparrow.operator;

import static java.nio.charset.StandardCharsets.UTF_8;

import build.sparrow.operator.StoredObjects.Change;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a path and a query of the Kubernetes API ask for.
 *
 * @param plainResource with its group, as {@code deployments.apps}; empty for what is no resource
 * @param namespace empty for all, or for what has none
 * @param name empty for a collection
 * @param subresource empty for the object itself
 */
record Request(
    String path,
    String plainResource,
    String namespace,
    String name,
    String subresource,
    Map<String, String> query) {

  static Request of(HttpExchange exchange) {
    String path = Optional.ofNullable(exchange.getRequestURI().getPath()).orElse("/");
    Deque<String> parts =
        new ArrayDeque<>(Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList());
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String group = "";
    if ("apis".equals(parts.pollFirst())) {
      group = Optional.ofNullable(parts.pollFirst()).orElse("");
    }
    parts.pollFirst(); // The version.
    String namespace = "";
    if ("namespaces".equals(parts.peekFirst()) && parts.size() > 2) {
      parts.pollFirst();
      namespace = parts.removeFirst();
    }
    String plural = Optional.ofNullable(parts.pollFirst()).orElse("");
    String name = Optional.ofNullable(parts.pollFirst()).orElse("");
    String subresource = Optional.ofNullable(parts.pollFirst()).orElse("");
    return new Request(
        path,
        plural.isEmpty() || group.isEmpty() ? plural : plural + "." + group,
        namespace,
        name,
        subresource,
        query);
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new TreeMap<>();
    if (raw != null) {
      for (String pair : List.of(raw.split("&"))) {
        int equals = pair.indexOf('=');
        query.put(
            URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8),
            equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return query;
  }

  /** As RBAC names it, with the subresource. */
  String resource() {
    return subresource.isEmpty() ? plainResource : plainResource + "/" + subresource;
  }

  boolean isDiscovery() {
    return plainResource.isEmpty();
  }

  boolean isWatch() {
    return Boolean.parseBoolean(query.get("watch"));
  }

  /** What the label and field selectors let through. */
  Predicate<JsonNode> selector() {
    List<String> labels = terms(query.getOrDefault("labelSelector", ""));
    List<String> fields = terms(query.getOrDefault("fieldSelector", ""));
    return object ->
        labels.stream().allMatch(term -> matchesLabel(object, term))
            && fields.stream().allMatch(term -> matchesField(object, term));
  }

  private static List<String> terms(String selector) {
    // A comma inside of "key in (a,b)" parts no terms.
    return Arrays.stream(selector.split(",(?![^(]*\\))"))
        .filter(term -> !term.isBlank())
        .map(String::strip)
        .toList();
  }

  private static boolean matchesLabel(JsonNode object, String term) {
    JsonNode labels = object.at("/metadata/labels");
    if (term.contains(" in ")) {
      String[] parts = term.split(" in ", 2);
      List<String> values = List.of(parts[1].replaceAll("[() ]", "").split(","));
      return labels.has(parts[0].strip()) && values.contains(labels.get(parts[0].strip()).asText());
    }
    int equals = term.indexOf('=');
    if (equals < 0) {
      return term.startsWith("!") ? !labels.has(term.substring(1)) : labels.has(term);
    }
    boolean unequal = term.charAt(equals - 1) == '!';
    String key = term.substring(0, unequal ? equals - 1 : equals);
    String value = term.substring(equals + 1).replace("=", "");
    return labels.path(key).asText("").equals(value) != unequal;
  }

  private static boolean matchesField(JsonNode object, String term) {
    int equals = term.indexOf('=');
    boolean unequal = term.charAt(equals - 1) == '!';
    String path = "/" + term.substring(0, unequal ? equals - 1 : equals).replace('.', '/');
    return object.at(path).asText("").equals(term.substring(equals + 1).replace("=", ""))
        != unequal;
  }

  /** The change as this watch tells it, null if it does not concern it. */
  @Nullable ObjectNode event(Change change) {
    if (!change.place().resource().equals(plainResource)
        || (!namespace.isEmpty() && !namespace.equals(change.place().namespace()))) {
      return null;
    }
    Predicate<JsonNode> selector = selector();
    boolean before = change.before() != null && selector.test(change.before());
    boolean after = change.after() != null && selector.test(change.after());
    if (!before && !after) {
      return null;
    }
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", after ? before ? "MODIFIED" : "ADDED" : "DELETED");
    event.set("object", after ? change.after() : change.before());
    return event;
  }
}
