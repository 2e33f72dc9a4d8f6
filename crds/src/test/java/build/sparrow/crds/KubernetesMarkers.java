package build.sparrow.crds;

import static java.util.Objects.requireNonNull;

import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresourcesBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;
import java.util.Set;

/**
 * What no annotation of the generator can say: how lists are merged, and the subresources of a kind
 * that is not a CustomResource of fabric8.
 */
final class KubernetesMarkers implements CRDPostProcessor {
  /** As in the model's {@code @Size} of every map, of which the generator makes nothing. */
  private static final long MAP_ENTRIES = 32;

  private static final long MAP_VALUE_LENGTH = 4096;

  /** Fields that are compared by rules, which a number or a text of any length makes too dear. */
  private static final Set<String> SIZES = Set.of("size", "sizeLimit", "maxBatchBytes");

  private static final long SIZE_LENGTH = 20;

  @Override
  public HasMetadata process(HasMetadata crd, String version) {
    CustomResourceDefinitionVersion served =
        ((CustomResourceDefinition) crd).getSpec().getVersions().getFirst();
    JSONSchemaProps root = served.getSchema().getOpenAPIV3Schema();
    CustomResourceSubresourcesBuilder subresources =
        new CustomResourceSubresourcesBuilder().withNewStatus().endStatus();
    if (isPool(crd)) {
      subresources
          .withNewScale()
          .withSpecReplicasPath(".spec.replicas")
          .withStatusReplicasPath(".status.replicas")
          .withLabelSelectorPath(".status.selector")
          .endScale();
      markPool(property(property(root, "spec"), "pool"));
      markImage(property(property(root, "spec"), "image"));
    } else {
      JSONSchemaProps pools = property(property(root, "spec"), "executorPools");
      keyed(pools, "name");
      JSONSchemaProps scheduler = property(property(root, "spec"), "scheduler");
      keyed(property(scheduler, "platformProperties"), "name");
      keyed(property(scheduler, "tenants"), "instanceName");
      markPool(pools.getItems().getSchema());
      markImage(property(property(root, "spec"), "image"));
      JSONSchemaProps states = property(property(root, "status"), "executorPools");
      states.getItems().getSchema().setRequired(List.of("name"));
      keyed(states, "name");
    }
    markConditions(property(property(root, "status"), "conditions"));
    bound(property(root, "spec"));
    served.setSubresources(subresources.build());
    served.setAdditionalPrinterColumns(
        isPool(crd) ? PrinterColumns.OF_POOL : PrinterColumns.OF_FARM);
    return crd;
  }

  private static boolean isPool(HasMetadata crd) {
    return crd.getMetadata().getName().startsWith("executorpools.");
  }

  /** Without bounds the API server takes a rule about an entry or a size for too dear. */
  private static void bound(JSONSchemaProps schema) {
    if (schema.getAdditionalProperties() != null) {
      schema.setMaxProperties(MAP_ENTRIES);
      JSONSchemaProps value = schema.getAdditionalProperties().getSchema();
      if ("string".equals(value.getType())) {
        value.setMaxLength(MAP_VALUE_LENGTH);
      }
    }
    if (schema.getItems() != null) {
      bound(schema.getItems().getSchema());
    }
    schema
        .getProperties()
        .forEach(
            (name, property) -> {
              if (SIZES.contains(name)) {
                asText(property);
              }
              bound(property);
            });
  }

  private static void asText(JSONSchemaProps size) {
    size.setXKubernetesIntOrString(null);
    size.setAnyOf(List.of());
    size.setType("string");
    size.setMaxLength(SIZE_LENGTH);
  }

  private static void markPool(JSONSchemaProps pool) {
    JSONSchemaProps maxUnavailable = property(property(pool, "disruption"), "maxUnavailable");
    maxUnavailable.setMinimum(1.0);
    maxUnavailable.setPattern("^([1-9][0-9]?|100)%$");
    keyed(property(pool, "platform"), "name", "value");
    property(property(pool, "scheduling"), "tolerations").setXKubernetesListType("atomic");
    JSONSchemaProps autoscaling = property(pool, "autoscaling");
    property(autoscaling, "schedules").setXKubernetesListType("atomic");
    JSONSchemaProps behavior = property(autoscaling, "behavior");
    for (String direction : List.of("scaleUp", "scaleDown")) {
      property(property(behavior, direction), "policies").setXKubernetesListType("atomic");
    }
  }

  private static void markConditions(JSONSchemaProps conditions) {
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("type", "status"));
    property(condition, "type").setDescription("What is said, as Ready.");
    property(condition, "status").setDescription("Whether it is so: True, False or Unknown.");
    property(condition, "reason").setDescription("Why, in one word that stays the same.");
    property(condition, "message").setDescription("Why, in a sentence with the next step.");
    property(condition, "lastTransitionTime").setDescription("Since when it is so.");
    property(condition, "observedGeneration")
        .setDescription("The generation of the spec that this is about.");
    keyed(conditions, "type");
  }

  private static void markImage(JSONSchemaProps image) {
    keyed(property(image, "pullSecrets"), "name");
  }

  private static JSONSchemaProps property(JSONSchemaProps of, String name) {
    return requireNonNull(of.getProperties().get(name), name);
  }

  private static void keyed(JSONSchemaProps list, String... keys) {
    list.setXKubernetesListType("map");
    list.setXKubernetesListMapKeys(List.of(keys));
  }
}
