package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;

/** What a container is given of its node. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"requests", "limits"})
public record Resources(
    @JsonPropertyDescription(
            "What a node must have free for the container, as cpu: \"2\" or memory: 4Gi.")
        @Default("{}")
        @Size(max = 32)
        Map<String, Quantity> requests,
    @JsonPropertyDescription(
            "What the container never gets more of. A limit of cpu slows actions down for no gain;"
                + " one of memory protects the neighbours.")
        @Default("{}")
        @Size(max = 32)
        Map<String, Quantity> limits) {
  public static final Resources DEFAULTS = new Resources(Map.of(), Map.of());

  public Resources {
    requests = Map.copyOf(Absent.or(requests, Map.of()));
    limits = Map.copyOf(Absent.or(limits, Map.of()));
  }

  /** As a container of a pod carries it. */
  public ResourceRequirements toRequirements() {
    return new ResourceRequirementsBuilder().withRequests(requests).withLimits(limits).build();
  }
}
