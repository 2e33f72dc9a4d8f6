package build.sparrow.operator.process;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the kinds that the cluster serves with those that this operator was built for. An API
 * server drops what its schema does not know, without a word: a newer operator at older CRDs would
 * write statuses that nobody sees and miss fields that somebody wrote.
 */
final class ServedSchema {
  /** Served to everybody who may talk to the cluster; CRDs themselves may be read by few. */
  static final String PATH = "/openapi/v3/apis/" + BuildFarm.GROUP + "/" + BuildFarm.VERSION;

  private static final int NAMED = 3;

  private static final String NEXT_STEP =
      "install the CRDs of this version: helm upgrade with crds.install=true, or kubectl apply"
          + " --server-side -f with the files of its folder crds/generated";

  private static final Map<String, String> KINDS =
      Map.of(
          BuildFarm.KIND, "buildfarms.sparrow.build-v1.yml",
          ExecutorPool.KIND, "executorpools.sparrow.build-v1.yml");

  private final KubernetesClient client;

  ServedSchema(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What is missing, and what to do; empty if nothing is. More than we know is welcome.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not
   *     answer
   */
  Optional<String> lack() {
    String document = client.raw(PATH);
    if (document == null) {
      return Optional.of(
          "The cluster does not know the kinds of %s; %s".formatted(BuildFarm.GROUP, NEXT_STEP));
    }
    JsonNode served =
        client
            .getKubernetesSerialization()
            .unmarshal(document, JsonNode.class)
            .at("/components/schemas");
    for (Map.Entry<String, String> kind : KINDS.entrySet()) {
      List<String> missing = new ArrayList<>();
      JsonNode found = find(served, kind.getKey());
      for (String part : List.of("spec", "status")) {
        compare(
            part,
            ours(kind.getValue()).path("properties").path(part),
            found.path("properties").path(part),
            missing);
      }
      if (!missing.isEmpty()) {
        return Optional.of(
            "The cluster's %s is older than this operator, it lacks %s%s; %s"
                .formatted(
                    kind.getKey(),
                    String.join(", ", missing.subList(0, Math.min(NAMED, missing.size()))),
                    missing.size() > NAMED ? " and %d more".formatted(missing.size() - NAMED) : "",
                    NEXT_STEP));
      }
    }
    return Optional.empty();
  }

  private static JsonNode find(JsonNode schemas, String kind) {
    for (JsonNode schema : schemas) {
      if (schema.at("/x-kubernetes-group-version-kind/0/kind").asText().equals(kind)) {
        return schema;
      }
    }
    return schemas.path(kind);
  }

  private JsonNode ours(String file) {
    try (InputStream yaml = BuildFarm.class.getResourceAsStream(file)) {
      if (yaml == null) {
        throw new IllegalStateException("The jar of the CRDs has no " + file);
      }
      return client
          .getKubernetesSerialization()
          .unmarshal(yaml, JsonNode.class)
          .at("/spec/versions/0/schema/openAPIV3Schema");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void compare(String path, JsonNode ours, JsonNode served, List<String> missing) {
    if (served.isMissingNode()) {
      missing.add(path);
      return;
    }
    ours.path("properties")
        .properties()
        .forEach(
            property ->
                compare(
                    path + "." + property.getKey(),
                    property.getValue(),
                    served.path("properties").path(property.getKey()),
                    missing));
    for (String container : List.of("items", "additionalProperties")) {
      if (ours.path(container).isObject()) {
        compare(path, ours.path(container), served.path(container), missing);
      }
    }
  }
}
