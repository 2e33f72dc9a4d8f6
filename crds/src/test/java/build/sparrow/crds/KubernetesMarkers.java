package build.sparrow.crds;

import static java.util.Objects.requireNonNull;

import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceSubresourcesBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.util.List;

/**
 * What no annotation of the generator can say: how lists are merged, and the subresources of a kind
 * that is not a CustomResource of fabric8.
 */
final class KubernetesMarkers implements CRDPostProcessor {
  @Override
  public HasMetadata process(HasMetadata crd, String version) {
    CustomResourceDefinitionVersion served =
        ((CustomResourceDefinition) crd).getSpec().getVersions().getFirst();
    JSONSchemaProps root = served.getSchema().getOpenAPIV3Schema();
    CustomResourceSubresourcesBuilder subresources =
        new CustomResourceSubresourcesBuilder().withNewStatus().endStatus();
    if (crd.getMetadata().getName().startsWith("executorpools.")) {
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
      markPool(pools.getItems().getSchema());
      markImage(property(property(root, "spec"), "image"));
      keyed(property(property(root, "status"), "executorPools"), "name");
    }
    keyed(property(property(root, "status"), "conditions"), "type");
    served.setSubresources(subresources.build());
    return crd;
  }

  private static void markPool(JSONSchemaProps pool) {
    keyed(property(pool, "platform"), "name", "value");
    property(property(pool, "scheduling"), "tolerations").setXKubernetesListType("atomic");
    JSONSchemaProps autoscaling = property(pool, "autoscaling");
    property(autoscaling, "schedules").setXKubernetesListType("atomic");
    JSONSchemaProps behavior = property(autoscaling, "behavior");
    for (String direction : List.of("scaleUp", "scaleDown")) {
      property(property(behavior, direction), "policies").setXKubernetesListType("atomic");
    }
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
