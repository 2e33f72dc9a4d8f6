package build.sparrow.e2e.cluster;

import build.sparrow.e2e.farm.Repository;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** A farm as an example writes it, with what a test changes. */
final class Example {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final ObjectNode farm;

  private Example(JsonNode farm) {
    this.farm = (ObjectNode) farm;
  }

  /** The smallest farm: one frontend, one shard, two executors of four slots. */
  static Example minimal() {
    return read("minimal");
  }

  /** The farm of a team: a pool on spot nodes and one on nodes that stay, both from zero. */
  static Example productionSpot() {
    return read("production-spot");
  }

  private static Example read(String name) {
    try {
      return new Example(
          YAML.readTree(Files.readString(Repository.path("examples/" + name + "/buildfarm.yaml"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Example named(String name) {
    return with("{metadata: {name: %s}}".formatted(name));
  }

  /** Merged with YAML as a merge patch is: a list takes the place of another. */
  Example with(String patch) {
    Example patched = new Example(farm.deepCopy());
    merge(patched.farm, parse(patch));
    return patched;
  }

  /** The same within each pool. */
  Example withPools(String patch) {
    Example patched = new Example(farm.deepCopy());
    for (JsonNode pool : patched.farm.at("/spec/executorPools")) {
      merge((ObjectNode) pool, parse(patch));
    }
    return patched;
  }

  /** The frontends have a port on each node, so that they are reached from outside the cluster. */
  Example exposed() {
    return with("{spec: {frontend: {expose: {type: NodePort}}}}");
  }

  String name() {
    return farm.at("/metadata/name").asText();
  }

  String yaml() {
    try {
      return YAML.writeValueAsString(farm);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode parse(String patch) {
    try {
      return YAML.readTree(patch);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(patch, e);
    }
  }

  private static void merge(ObjectNode into, JsonNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      JsonNode there = into.get(field.getKey());
      if (field.getValue().isNull()) {
        into.remove(field.getKey());
      } else if (there instanceof ObjectNode object && field.getValue().isObject()) {
        merge(object, field.getValue());
      } else {
        into.set(field.getKey(), field.getValue());
      }
    }
  }
}
