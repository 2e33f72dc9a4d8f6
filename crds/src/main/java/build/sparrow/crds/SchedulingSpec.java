package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** On which nodes the executors of a pool run. */
@ValidationRule(
    value = "self.capacityType == 'Spot' || !has(self.onDemandFallback)",
    message =
        "leave onDemandFallback out or set capacityType to Spot: only spot nodes run " + "out")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "capacityType",
  "nodeSelector",
  "tolerations",
  "priorityClassName",
  "onDemandFallback"
})
public record SchedulingSpec(
    @JsonPropertyDescription(
            "Spot takes nodes that the cloud may take away, of the labels and taints of EKS,"
                + " Karpenter, GKE and AKS; OnDemand avoids them; Any takes what nodeSelector and"
                + " tolerations allow.")
        @Default("Any")
        CapacityType capacityType,
    @JsonPropertyDescription("Labels that a node must have.") @Default("{}") @Size(max = 32)
        Map<String, String> nodeSelector,
    @JsonPropertyDescription("Taints of nodes that keep the executors not away.")
        @Default("[]")
        @Size(max = 32)
        List<Toleration> tolerations,
    @JsonPropertyDescription("The PriorityClass of the executors' pods.") @Size(min = 1, max = 253)
        @Nullable String priorityClassName,
    @JsonPropertyDescription(
            "Executors on nodes that stay, for as long as there are no nodes for those of a Spot"
                + " pool.")
        @Nullable OnDemandFallback onDemandFallback) {
  static final SchedulingSpec DEFAULTS =
      new SchedulingSpec(CapacityType.ANY, Map.of(), List.of(), null, null);

  public SchedulingSpec {
    capacityType = Absent.or(capacityType, CapacityType.ANY);
    nodeSelector = Map.copyOf(Absent.or(nodeSelector, Map.of()));
    tolerations = List.copyOf(Absent.or(tolerations, List.of()));
  }

  /** Whether the cloud may take the nodes away. */
  public enum CapacityType {
    @JsonProperty("Any")
    ANY,
    @JsonProperty("OnDemand")
    ON_DEMAND,
    @JsonProperty("Spot")
    SPOT
  }

  /** A taint that does not keep a pod away. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.key) || self.operator == 'Exists'",
      message = "give key, or set operator to Exists, which without a key tolerates every taint")
  @ValidationRule(
      value = "self.operator == 'Equal' || !has(self.value)",
      message = "leave value out or set operator to Equal: Exists takes any value")
  @ValidationRule(
      value = "!has(self.tolerationSeconds) || has(self.effect) && self.effect == 'NoExecute'",
      message =
          "leave tolerationSeconds out or set effect to NoExecute: other taints evict " + "nothing")
  @JsonPropertyOrder({"key", "operator", "value", "effect", "tolerationSeconds"})
  public record Toleration(
      @JsonPropertyDescription("The taint's key; every key if absent, with operator Exists.")
          @Size(min = 1, max = 317)
          @Nullable String key,
      @JsonPropertyDescription("Equal wants the value, too; Exists takes any.") @Default("Equal")
          TolerationOperator operator,
      @JsonPropertyDescription("The taint's value, for operator Equal.") @Size(max = 63)
          @Nullable String value,
      @JsonPropertyDescription("The taint's effect; every effect if absent.")
          @Nullable TaintEffect effect,
      @JsonPropertyDescription(
              "For effect NoExecute: for so many seconds the pod stays. For ever if absent.")
          @Min(0)
          @Max(604_800)
          @Nullable Integer tolerationSeconds) {
    public Toleration {
      operator = Absent.or(operator, TolerationOperator.EQUAL);
    }
  }

  /** How a toleration compares. */
  public enum TolerationOperator {
    @JsonProperty("Equal")
    EQUAL("Equal"),
    @JsonProperty("Exists")
    EXISTS("Exists");

    private final String word;

    TolerationOperator(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }

  /** What a taint does. */
  public enum TaintEffect {
    @JsonProperty("NoSchedule")
    NO_SCHEDULE("NoSchedule"),
    @JsonProperty("PreferNoSchedule")
    PREFER_NO_SCHEDULE("PreferNoSchedule"),
    @JsonProperty("NoExecute")
    NO_EXECUTE("NoExecute");

    private final String word;

    TaintEffect(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }

  /** Executors on nodes that stay, while there are no nodes that may go. */
  @JsonPropertyOrder({"afterUnschedulableSeconds", "maxReplicas"})
  public record OnDemandFallback(
      @JsonPropertyDescription(
              "So many seconds a pod is without a node before one is made on demand in its place.")
          @Default("180")
          @Min(10)
          @Max(86_400)
          Integer afterUnschedulableSeconds,
      @JsonPropertyDescription("How many executors on demand there are at most.")
          @Default("10")
          @Min(1)
          @Max(1000)
          Integer maxReplicas) {
    public OnDemandFallback {
      afterUnschedulableSeconds = Absent.or(afterUnschedulableSeconds, 180);
      maxReplicas = Absent.or(maxReplicas, 10);
    }
  }
}
