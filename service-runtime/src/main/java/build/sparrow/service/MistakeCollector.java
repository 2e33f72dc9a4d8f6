package build.sparrow.service;

import static java.util.Objects.requireNonNull;

import build.sparrow.service.InvalidConfigurationException.Mistake;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Binds a tree to a type although it has mistakes: Jackson stops at the first, so what it
 * complained about is noted and taken out, and the binding begins again, until it succeeds.
 */
final class MistakeCollector<T> {
  private final ObjectMapper mapper;
  private final YamlOutline outline;
  private final Class<T> type;
  private final List<Mistake> mistakes;

  /** Per list (by its path as written): the indexes, as written, of the elements still in it. */
  private final Map<String, List<Integer>> remaining = new HashMap<>();

  MistakeCollector(
      ObjectMapper mapper, YamlOutline outline, Class<T> type, List<Mistake> mistakes) {
    this.mapper = mapper;
    this.outline = outline;
    this.type = type;
    this.mistakes = mistakes;
  }

  /** The value without what was mistaken, null if the mistakes leave none; the tree is consumed. */
  @Nullable T bind(JsonNode tree) {
    while (true) {
      try {
        return mapper.treeToValue(tree, type);
      } catch (JsonMappingException e) {
        if (!takeOut(tree, e)) {
          return null;
        }
      } catch (JsonProcessingException e) {
        mistakes.add(outline.mistake("", e.getOriginalMessage()));
        return null;
      }
    }
  }

  /** Notes the mistake and removes its value from the tree; false if that leaves nothing. */
  private boolean takeOut(JsonNode tree, JsonMappingException failure) {
    String path = "";
    JsonNode parent = tree;
    JsonNode node = tree;
    @Nullable Reference last = null;
    String parentPath = "";
    for (Reference reference : failure.getPath()) {
      JsonNode child =
          reference.getFieldName() == null
              ? node.get(reference.getIndex())
              : node.get(reference.getFieldName());
      if (child == null) {
        break; // The path goes on into what a constructor makes of the value.
      }
      parentPath = path;
      path = extend(path, node, reference);
      parent = node;
      node = child;
      last = reference;
    }
    note(path, node, failure);
    if (last == null) {
      return false;
    }
    if (parent instanceof ObjectNode object) {
      object.remove(last.getFieldName());
    } else if (parent instanceof ArrayNode array) {
      indexes(parentPath, array).remove(/* index */ last.getIndex());
      array.remove(last.getIndex());
    }
    return true;
  }

  private String extend(String path, JsonNode node, Reference reference) {
    if (node instanceof ArrayNode array) {
      return path + "[" + indexes(path, array).get(reference.getIndex()) + "]";
    }
    return path.isEmpty() ? reference.getFieldName() : path + "." + reference.getFieldName();
  }

  private List<Integer> indexes(String path, ArrayNode array) {
    return remaining.computeIfAbsent(
        path,
        _ -> {
          List<Integer> all = new ArrayList<>();
          for (int i = 0; i < array.size(); i++) {
            all.add(i);
          }
          return all;
        });
  }

  private void note(String path, JsonNode node, JsonMappingException failure) {
    // A constructor may miss what was taken out: the cause is told already.
    boolean follows =
        failure instanceof ValueInstantiationException
            && mistakes.stream().anyMatch(known -> known.path().startsWith(path));
    if (!follows && mistakes.stream().noneMatch(known -> known.path().equals(path))) {
      mistakes.add(describe(path, node, failure));
    }
  }

  private Mistake describe(String path, JsonNode node, JsonMappingException failure) {
    return switch (failure) {
      case UnrecognizedPropertyException unknown -> {
        List<String> valid =
            knownKeys(unknown).stream().map(String::valueOf).sorted().distinct().toList();
        yield outline.mistake(
            path,
            valid.isEmpty() ? "unknown key" : "unknown key; valid are " + String.join(", ", valid),
            NearestKey.of(unknown.getPropertyName(), valid));
      }
      case InvalidFormatException format when format.getTargetType().isEnum() -> {
        List<String> valid =
            Arrays.stream(requireNonNull(format.getTargetType().getEnumConstants()))
                .map(constant -> mapper.convertValue(constant, String.class))
                .toList();
        yield outline.mistake(
            path,
            "unknown value; valid are " + String.join(", ", valid),
            NearestKey.of(String.valueOf(format.getValue()), valid));
      }
      case ValueInstantiationException refused -> outline.mistake(path, rootMessage(refused), null);
      case MismatchedInputException mismatch ->
          outline.mistake(path, expectation(mismatch.getTargetType(), node));
      default -> outline.mistake(path, rootMessage(failure));
    };
  }

  private static Collection<Object> knownKeys(UnrecognizedPropertyException unknown) {
    Collection<Object> known = unknown.getKnownPropertyIds();
    return known == null ? List.of() : known;
  }

  private static String rootMessage(JsonMappingException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        cause instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  private static String expectation(@Nullable Class<?> target, JsonNode node) {
    String found =
        switch (node.getNodeType()) {
          case OBJECT -> "an object";
          case ARRAY -> "a list";
          case STRING -> "a text";
          case NUMBER -> node.isIntegralNumber() ? "a whole number" : "a number";
          case BOOLEAN -> "true or false";
          case NULL, MISSING -> "nothing";
          case BINARY, POJO -> "something else";
        };
    String wanted = target == null ? "another type" : wanted(target);
    String hint =
        target == String.class && node.isValueNode()
            ? "; put it in quotes: \"" + node.asText() + "\""
            : "";
    return "expected " + wanted + ", found " + found + hint;
  }

  private static String wanted(Class<?> target) {
    if (target == String.class || target == CharSequence.class) {
      return "a text";
    }
    if (target == Boolean.class || target == boolean.class) {
      return "true or false";
    }
    if (target == Integer.class || target == int.class) {
      return "a whole number up to " + Integer.MAX_VALUE;
    }
    if (target == Long.class || target == long.class) {
      return "a whole number";
    }
    if (Number.class.isAssignableFrom(target) || target.isPrimitive()) {
      return "a number";
    }
    if (Collection.class.isAssignableFrom(target) || target.isArray()) {
      return "a list";
    }
    return "an object";
  }
}
