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
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** The processes that clients talk to; each holds a scheduler. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"replicas", "resources", "expose", "limits"})
public record FrontendSpec(
    @JsonPropertyDescription("How many frontends there are.") @Default("1") @Min(1) @Max(64)
        Integer replicas,
    @JsonPropertyDescription("What each frontend is given of its node.") @Default("{}")
        Resources resources,
    @JsonPropertyDescription("How clients outside the cluster reach the frontends.") @Default("{}")
        Expose expose,
    @JsonPropertyDescription("What a frontend accepts from clients.") @Default("{}")
        Limits limits) {
  static final FrontendSpec DEFAULTS =
      new FrontendSpec(1, Resources.DEFAULTS, Expose.DEFAULTS, Limits.DEFAULTS);

  public FrontendSpec {
    replicas = Absent.or(replicas, 1);
    resources = Absent.or(resources, Resources.DEFAULTS);
    expose = Absent.or(expose, Expose.DEFAULTS);
    limits = Absent.or(limits, Limits.DEFAULTS);
  }

  /** How clients outside the cluster reach the frontends. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"type", "annotations"})
  public record Expose(
      @JsonPropertyDescription(
              "ClusterIP: not at all; LoadBalancer: by one of the cloud's; NodePort: by a port of"
                  + " every node.")
          @Default("ClusterIP")
          ServiceType type,
      @JsonPropertyDescription(
              "Annotations of the Service, as a cloud's load balancer understands them.")
          @Default("{}")
          @Size(max = 32)
          Map<String, String> annotations) {
    static final Expose DEFAULTS = new Expose(ServiceType.CLUSTER_IP, Map.of());

    public Expose {
      type = Absent.or(type, ServiceType.CLUSTER_IP);
      annotations = Map.copyOf(Absent.or(annotations, Map.of()));
    }
  }

  /** The type of the Service that clients talk to. */
  public enum ServiceType {
    @JsonProperty("ClusterIP")
    CLUSTER_IP("ClusterIP"),
    @JsonProperty("LoadBalancer")
    LOAD_BALANCER("LoadBalancer"),
    @JsonProperty("NodePort")
    NODE_PORT("NodePort");

    private final String word;

    ServiceType(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }

  /** What a frontend accepts from clients; announced to them where the protocol can say it. */
  @JsonPropertyOrder({
    "maxBatchBytes",
    "defaultActionTimeoutSeconds",
    "maxActionTimeoutSeconds",
    "maxQueuedActions",
    "maxInputEntries"
  })
  @ValidationRule(
      value = "self.defaultActionTimeoutSeconds <= self.maxActionTimeoutSeconds",
      message = "raise maxActionTimeoutSeconds or lower defaultActionTimeoutSeconds to it")
  @ValidationRule(
      value =
          "isQuantity(self.maxBatchBytes) && "
              + "quantity(self.maxBatchBytes).compareTo(quantity('64Ki')) >= 0 && "
              + "quantity(self.maxBatchBytes).compareTo(quantity('4Mi')) <= 0",
      message = "give maxBatchBytes as a size from 64Ki to 4Mi")
  public record Limits(
      @JsonPropertyDescription("The most bytes of blobs that one batch call may hold, at most 4Mi.")
          @Default("4Mi")
          Quantity maxBatchBytes,
      @JsonPropertyDescription("The timeout in seconds of an action that names none.")
          @Default("900")
          @Min(1)
          @Max(604_800)
          Integer defaultActionTimeoutSeconds,
      @JsonPropertyDescription(
              "The longest timeout in seconds that an action may ask for; above it is refused.")
          @Default("3600")
          @Min(1)
          @Max(604_800)
          Integer maxActionTimeoutSeconds,
      @JsonPropertyDescription(
              "How many actions may wait at one frontend; further ones are refused.")
          @Default("100000")
          @Min(1)
          @Max(10_000_000)
          Integer maxQueuedActions,
      @JsonPropertyDescription(
              "How many files, directories and links an action's input root may expand to.")
          @Default("1000000")
          @Min(1)
          @Max(10_000_000)
          Integer maxInputEntries) {
    static final Limits DEFAULTS = new Limits(Quantity.parse("4Mi"), 900, 3600, 100_000, 1_000_000);

    public Limits {
      maxBatchBytes = Absent.or(maxBatchBytes, Quantity.parse("4Mi"));
      defaultActionTimeoutSeconds = Absent.or(defaultActionTimeoutSeconds, 900);
      maxActionTimeoutSeconds = Absent.or(maxActionTimeoutSeconds, 3600);
      maxQueuedActions = Absent.or(maxQueuedActions, 100_000);
      maxInputEntries = Absent.or(maxInputEntries, 1_000_000);
    }
  }
}
