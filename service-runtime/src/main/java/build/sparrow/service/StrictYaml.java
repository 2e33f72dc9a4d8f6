package build.sparrow.service;

import build.sparrow.service.InvalidConfigurationException.Mistake;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads one YAML document into a record or bean and finds all its mistakes at once: keys nobody
 * knows, keys written twice, values of the wrong type or range, and what the owner of the type
 * finds wrong beyond that.
 */
public final class StrictYaml {
  private static final long MAX_BYTES = 4 << 20;
  private static final YAMLMapper MAPPER = mapper();

  private StrictYaml() {}

  /** What the owner of a type checks beyond the form of its values. */
  @FunctionalInterface
  public interface Rules<T> {
    /** Notes every mistake of the value. */
    void check(T value, Problems problems);
  }

  /** Reads a file whose type has no rules beyond its form. */
  public static <T> T read(Path file, Class<T> type)
      throws InvalidConfigurationException, IOException {
    return read(file, type, (value, problems) -> {});
  }

  /**
   * Reads a file.
   *
   * @throws InvalidConfigurationException with every mistake
   * @throws IOException if the file cannot be read or is larger than 4 MiB
   */
  public static <T> T read(Path file, Class<T> type, Rules<T> rules)
      throws InvalidConfigurationException, IOException {
    long bytes = Files.size(file);
    if (bytes > MAX_BYTES) {
      throw new IOException(
          "%s has %d bytes; a configuration has at most %d".formatted(file, bytes, MAX_BYTES));
    }
    return read(file.toString(), Files.readString(file), type, rules);
  }

  /** Reads a text whose type has no rules beyond its form. */
  public static <T> T read(String text, Class<T> type) throws InvalidConfigurationException {
    return read("The text", text, type, (value, problems) -> {});
  }

  /**
   * Reads a text.
   *
   * @param source the name of the text, for messages
   * @throws InvalidConfigurationException with every mistake
   */
  public static <T> T read(String source, String text, Class<T> type, Rules<T> rules)
      throws InvalidConfigurationException {
    YamlOutline outline;
    JsonNode tree;
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      outline = YamlOutline.of(parser);
      tree = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidConfigurationException(source, List.of(syntaxMistake(e)));
    } catch (IOException e) {
      throw new IllegalStateException("Reading from a string failed", e);
    }
    if (tree.isMissingNode() || tree.isNull()) {
      throw new InvalidConfigurationException(
          source, List.of(new Mistake("", 1, null, "the document is empty", null)));
    }
    List<Mistake> mistakes = new ArrayList<>(outline.mistakes());
    T value = new MistakeCollector<>(MAPPER, outline, type, mistakes).bind(tree);
    if (value != null) {
      List<Mistake> formal = List.copyOf(mistakes);
      rules.check(
          value,
          (path, reason) -> {
            // What was dropped as malformed may look missing to the rules: one mistake, told once.
            if (formal.stream().noneMatch(known -> overlaps(known.path(), path))) {
              mistakes.add(outline.mistake(path, reason));
            }
          });
    }
    if (value == null || !mistakes.isEmpty()) {
      mistakes.sort(Comparator.comparingInt(Mistake::line));
      throw new InvalidConfigurationException(source, mistakes);
    }
    return value;
  }

  private static boolean overlaps(String known, String path) {
    return (known + ".").startsWith(path + ".")
        || (path + ".").startsWith(known + ".")
        || path.startsWith(known + "[")
        || known.startsWith(path + "[");
  }

  private static Mistake syntaxMistake(JsonProcessingException e) {
    int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
    String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable").strip();
    return new Mistake("", line, null, "not YAML: " + reason, null);
  }

  private static YAMLMapper mapper() {
    YAMLMapper mapper =
        YAMLMapper.builder(new YAMLFactory())
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .annotationIntrospector(new NoCatchAll())
            .build();
    for (CoercionInputShape shape :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  /** Kubernetes' metadata types keep unknown keys for later; here they are typing mistakes. */
  private static final class NoCatchAll extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }
}
