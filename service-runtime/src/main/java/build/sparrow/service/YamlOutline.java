package build.sparrow.service;

import build.sparrow.service.InvalidConfigurationException.Mistake;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where in a YAML document each path stands and what is written there, and the mistakes that a tree
 * no longer shows: keys written twice, aliases, and more than one document.
 */
final class YamlOutline {
  private final Map<String, Spot> spots = new HashMap<>();
  private final List<Mistake> mistakes = new ArrayList<>();

  /** A line, from 1, and the scalar that is written there, null for an object or a list. */
  private record Spot(int line, @Nullable String value) {}

  /** Reads all of the parser's events. */
  static YamlOutline of(YAMLParser parser) throws IOException {
    YamlOutline outline = new YamlOutline();
    if (parser.nextToken() != null) {
      outline.value(parser, "", line(parser));
      JsonToken next = parser.nextToken();
      if (next != null) {
        outline.mistakes.add(
            new Mistake(
                "",
                line(parser),
                null,
                "a second document; put each object in its own file",
                null));
      }
    }
    return outline;
  }

  private void value(YAMLParser parser, String path, int line) throws IOException {
    if (parser.isCurrentAlias()) {
      spots.put(path, new Spot(line, "*" + parser.getText()));
      mistakes.add(mistake(path, "aliases are not supported; write the value out"));
      return;
    }
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        spots.put(path, new Spot(line, null));
        object(parser, path);
      }
      case START_ARRAY -> {
        spots.put(path, new Spot(line, null));
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
          value(parser, path + "[" + i + "]", line(parser));
        }
      }
      case VALUE_NULL -> spots.put(path, new Spot(line, null));
      default -> spots.put(path, new Spot(line, parser.getText()));
    }
  }

  private void object(YAMLParser parser, String path) throws IOException {
    Set<String> keys = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      int line = line(parser);
      String child = path.isEmpty() ? key : path + "." + key;
      if (!keys.add(key)) {
        mistakes.add(
            new Mistake(
                child,
                line,
                null,
                "the key stands here a second time; first on line " + lineOf(child),
                null));
      }
      parser.nextToken();
      value(parser, child, line);
    }
  }

  private static int line(YAMLParser parser) {
    JsonLocation location = parser.currentTokenLocation();
    return Math.max(1, location.getLineNr());
  }

  /** What the tree would not show. */
  List<Mistake> mistakes() {
    return mistakes;
  }

  /** A mistake at the path, with its line and value. */
  Mistake mistake(String path, String reason) {
    return mistake(path, reason, null);
  }

  Mistake mistake(String path, String reason, @Nullable String nearestKey) {
    Spot spot = spots.get(path);
    return new Mistake(path, lineOf(path), spot == null ? null : spot.value(), reason, nearestKey);
  }

  /** The line of the path, or of the nearest thing around it if nothing is written there. */
  private int lineOf(String path) {
    String around = path;
    while (!spots.containsKey(around) && !around.isEmpty()) {
      around =
          around.substring(
              0, Math.max(0, Math.max(around.lastIndexOf('.'), around.lastIndexOf('['))));
    }
    Spot spot = spots.get(around);
    return spot == null ? 1 : spot.line();
  }
}
