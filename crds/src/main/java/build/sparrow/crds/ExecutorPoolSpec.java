package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executors of one platform. */
@JsonPropertyOrder({"name", "replicas", "platform", "slots", "sandbox", "inputCache", "disruption"})
public record ExecutorPoolSpec(
    @JsonPropertyDescription(
            "The pool's name, unlike any other's: lower-case letters, digits and hyphens.")
        @Required
        @Pattern("^[a-z]([-a-z0-9]*[a-z0-9])?$")
        @Size(min = 1, max = 36)
        String name,
    @JsonPropertyDescription("How many executors there are.") @Default("1") @Min(0) @Max(1000)
        Integer replicas,
    @JsonPropertyDescription(
            "What the executors offer. An action runs where every platform property that it asks"
                + " for is offered; a name may repeat with other values.")
        @Default("[{\"name\": \"OSFamily\", \"value\": \"linux\"}]")
        @Size(max = 64)
        List<PlatformProperty> platform,
    @JsonPropertyDescription(
            "How many actions one executor runs at a time. By default as many as it has"
                + " processors; executors on one machine share its processors.")
        @Min(1)
        @Max(1024)
        @Nullable Integer slots,
    @JsonPropertyDescription("What keeps an action away from its executor and from others.")
        @Default("{}")
        SandboxSpec sandbox,
    @JsonPropertyDescription("The executor's local store of input files.") @Default("{}")
        InputCache inputCache,
    @JsonPropertyDescription("What happens when an executor is taken away.") @Default("{}")
        Disruption disruption) {
  static final List<PlatformProperty> LINUX = List.of(new PlatformProperty("OSFamily", "linux"));

  public ExecutorPoolSpec {
    name = Absent.or(name, "");
    replicas = Absent.or(replicas, 1);
    platform = List.copyOf(Absent.or(platform, LINUX));
    sandbox = Absent.or(sandbox, SandboxSpec.DEFAULTS);
    inputCache = Absent.or(inputCache, InputCache.DEFAULTS);
    disruption = Absent.or(disruption, Disruption.DEFAULTS);
  }

  /** Something that an executor offers and an action may ask for. */
  @JsonPropertyOrder({"name", "value"})
  public record PlatformProperty(
      @JsonPropertyDescription("The property's name, as OSFamily.")
          @Required
          @Size(min = 1, max = 256)
          String name,
      @JsonPropertyDescription("The property's value, as linux.") @Required @Size(max = 1024)
          String value) {
    public PlatformProperty {
      name = Absent.or(name, "");
      value = Absent.or(value, "");
    }

    @Override
    public String toString() {
      return name + "=" + value;
    }
  }

  /** The executor's local store of input files. */
  public record InputCache(
      @JsonPropertyDescription("The most bytes that it takes on disk, at least 64Mi.")
          @Default("10Gi")
          Quantity sizeLimit) {
    static final InputCache DEFAULTS = new InputCache(Quantity.parse("10Gi"));

    public InputCache {
      sizeLimit = Absent.or(sizeLimit, Quantity.parse("10Gi"));
    }
  }

  /** What happens when an executor is taken away. */
  public record Disruption(
      @JsonPropertyDescription(
              "For so many seconds an executor that stops may finish what it runs; what it does"
                  + " not finish runs elsewhere.")
          @Default("30")
          @Min(0)
          @Max(3600)
          Integer drainTimeoutSeconds) {
    static final Disruption DEFAULTS = new Disruption(30);

    public Disruption {
      drainTimeoutSeconds = Absent.or(drainTimeoutSeconds, 30);
    }
  }
}
