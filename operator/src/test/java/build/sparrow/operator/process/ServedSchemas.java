package build.sparrow.operator.process;

import build.sparrow.crds.BuildFarm;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;

/** What an API server tells of our kinds as OpenAPI. */
final class ServedSchemas {
  private ServedSchemas() {}

  /** Those of the CRDs of this version. */
  static ObjectNode current() throws IOException {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ObjectNode schemas = document.putObject("components").putObject("schemas");
    for (Map.Entry<String, String> kind :
        Map.of("BuildFarm", "buildfarms", "ExecutorPool", "executorpools").entrySet()) {
      String file = kind.getValue() + ".sparrow.build-v1.yml";
      try (InputStream yaml = Objects.requireNonNull(BuildFarm.class.getResourceAsStream(file))) {
        ObjectNode schema =
            (ObjectNode)
                new KubernetesSerialization()
                    .unmarshal(yaml, JsonNode.class)
                    .at("/spec/versions/0/schema/openAPIV3Schema");
        schema
            .putArray("x-kubernetes-group-version-kind")
            .addObject()
            .put("group", "sparrow.build")
            .put("kind", kind.getKey())
            .put("version", "v1alpha1");
        schemas.set("build.sparrow.v1alpha1." + kind.getKey(), schema);
      }
    }
    return document;
  }

  /** The properties of a kind's part, to be changed. */
  static ObjectNode properties(ObjectNode document, String kind, String part) {
    return (ObjectNode)
        document.at(
            "/components/schemas/build.sparrow.v1alpha1.%s/properties/%s/properties"
                .formatted(kind, part));
  }
}
