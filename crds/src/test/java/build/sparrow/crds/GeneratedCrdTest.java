package build.sparrow.crds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.CRDGenerator;
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
  private static final List<String> FILES =
      List.of("buildfarms.sparrow.build-v1.yml", "executorpools.sparrow.build-v1.yml");

  @TempDir Path folder;

  @Test
  void checkedInCrdsAreTheModels() throws IOException {
    generate();
    for (String file : FILES) {
      String generated = Files.readString(folder.resolve(file));
      if (Boolean.getBoolean("sparrow.crds.update")) {
        Files.createDirectories(GENERATED);
        Files.writeString(GENERATED.resolve(file), generated);
      }

      assertThat(GENERATED.resolve(file))
          .as("run mvn -pl crds test -Dsparrow.crds.update=true and commit what changes")
          .hasContent(generated);
    }
  }

  @Test
  void crdStaysBelowWhatClientSideApplyCanCarry() throws IOException {
    for (String file : FILES) {
      assertThat(Files.size(GENERATED.resolve(file))).as(file).isBetween(1_000L, 200_000L);
    }
  }

  @Test
  void everyFieldIsDescribed() {
    assertThat(undescribed("spec", BuildFarmSpec.class)).isEmpty();
    assertThat(undescribed("status", BuildFarmStatus.class)).isEmpty();
    assertThat(undescribed("spec", ExecutorPoolSpec.class)).isEmpty();
    assertThat(undescribed("status", ExecutorPoolStatus.class)).isEmpty();
  }

  private void generate() {
    new CRDGenerator()
        .customResourceClasses(BuildFarm.class, ExecutorPool.class)
        .forCRDVersions("v1")
        .withMinQuotes(true)
        .withPostProcessor(new KubernetesMarkers())
        .inOutputDir(folder.toFile())
        .detailedGenerate();
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
}
