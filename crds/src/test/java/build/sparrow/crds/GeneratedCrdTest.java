package build.sparrow.crds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Generates the CRD from the Java model and compares it with the one that is checked in. After a
 * change of the model: {@code mvn -pl crds test -Dsparrow.crds.update=true}.
 */
final class GeneratedCrdTest {
  private static final Path GENERATED = Path.of("generated");
  private static final String FILE = "buildfarms.sparrow.build-v1.yml";
  private static final Path CHECKED_IN = GENERATED.resolve(FILE);

  @TempDir Path folder;

  @Test
  void checkedInCrdIsTheModels() throws IOException {
    String generated = generate();
    if (Boolean.getBoolean("sparrow.crds.update")) {
      Files.createDirectories(GENERATED);
      Files.writeString(CHECKED_IN, generated);
    }

    assertThat(CHECKED_IN)
        .as("run mvn -pl crds test -Dsparrow.crds.update=true and commit what changes")
        .hasContent(generated);
  }

  @Test
  void crdStaysBelowWhatClientSideApplyCanCarry() throws IOException {
    assertThat(Files.size(CHECKED_IN)).isBetween(1_000L, 200_000L);
  }

  @Test
  void everyFieldIsDescribed() {
    assertThat(undescribed("spec", BuildFarmSpec.class)).isEmpty();
  }

  private String generate() throws IOException {
    new CRDGenerator()
        .customResourceClasses(BuildFarm.class)
        .forCRDVersions("v1")
        .withMinQuotes(true)
        .withPostProcessor(new NamedLists())
        .inOutputDir(folder.toFile())
        .detailedGenerate();
    return Files.readString(folder.resolve(FILE));
  }

  private static List<String> undescribed(String path, Class<?> spec) {
    List<String> fields = new ArrayList<>();
    for (RecordComponent component : requireNonNull(spec.getRecordComponents())) {
      String child = path + "." + component.getName();
      JsonPropertyDescription description =
          component.getAccessor().getAnnotation(JsonPropertyDescription.class);
      if (description == null || !description.value().endsWith(".")) {
        fields.add(child);
      }
      Class<?> type = component.getType();
      if (component.getGenericType() instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> element) {
        type = element;
      }
      if (type.isRecord()) {
        fields.addAll(undescribed(child, type));
      }
    }
    return fields;
  }

  /** Makes Kubernetes merge lists by name and refuse names that stand twice; no annotation can. */
  private static final class NamedLists implements CRDPostProcessor {
    @Override
    public HasMetadata process(HasMetadata crd, String version) {
      JSONSchemaProps root =
          ((CustomResourceDefinition) crd)
              .getSpec()
              .getVersions()
              .getFirst()
              .getSchema()
              .getOpenAPIV3Schema();
      JSONSchemaProps pools = property(property(root, "spec"), "executorPools");
      keyed(pools, "name");
      keyed(property(pools.getItems().getSchema(), "platform"), "name", "value");
      return crd;
    }

    private static JSONSchemaProps property(JSONSchemaProps of, String name) {
      return requireNonNull(of.getProperties().get(name), name);
    }

    private static void keyed(JSONSchemaProps list, String... keys) {
      list.setXKubernetesListType("map");
      list.setXKubernetesListMapKeys(List.of(keys));
    }
  }
}
