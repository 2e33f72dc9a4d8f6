package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How actions are placed and tried again. */
@JsonPropertyOrder({"attempts", "preemptionsBeforeOnDemand", "platformProperties", "tenants"})
public record SchedulerSpec(
    @JsonPropertyDescription(
            "How often an action that was lost is tried. Losses to preemption are not counted.")
        @Default("{}")
        Attempts attempts,
    @JsonPropertyDescription(
            "An action that lost its executor to preemption more often than this runs only on pools"
                + " of capacityType OnDemand, if one fits it.")
        @Default("3")
        @Min(0)
        @Max(100)
        Integer preemptionsBeforeOnDemand,
    @JsonPropertyDescription(
            "How platform properties of actions are compared with those of pools, where not"
                + " exactly.")
        @Default("[]")
        @Size(max = 32)
        List<PropertyRule> platformProperties,
    @JsonPropertyDescription(
            "Who gets more of the farm than others while both wait. Each instance is a tenant.")
        @Default("[]")
        @Size(max = 100)
        List<Tenant> tenants) {
  static final SchedulerSpec DEFAULTS =
      new SchedulerSpec(Attempts.DEFAULTS, 3, List.of(), List.of());

  public SchedulerSpec {
    attempts = Absent.or(attempts, Attempts.DEFAULTS);
    preemptionsBeforeOnDemand = Absent.or(preemptionsBeforeOnDemand, 3);
    platformProperties = List.copyOf(Absent.or(platformProperties, List.of()));
    tenants = List.copyOf(Absent.or(tenants, List.of()));
  }

  /** How the properties of that name are compared. */
  public Match match(String name) {
    return platformProperties.stream()
        .filter(rule -> rule.name().equals(name))
        .map(PropertyRule::match)
        .findFirst()
        .orElse(Match.EXACT);
  }

  /** How often an action that was lost is tried, by the class of the loss. */
  @JsonPropertyOrder({"infrastructure", "outOfMemory", "poisonExecutors"})
  public record Attempts(
      @JsonPropertyDescription(
              "So many losses of its executor an action is forgiven; one more and it fails.")
          @Default("4")
          @Min(0)
          @Max(20)
          Integer infrastructure,
      @JsonPropertyDescription(
              "So often an action is forgiven to run out of memory; once more and it fails.")
          @Default("2")
          @Min(0)
          @Max(20)
          Integer outOfMemory,
      @JsonPropertyDescription(
              "After so many executors died under an action it runs once more, alone.")
          @Default("2")
          @Min(1)
          @Max(20)
          Integer poisonExecutors) {
    static final Attempts DEFAULTS = new Attempts(4, 2, 2);

    public Attempts {
      infrastructure = Absent.or(infrastructure, 4);
      outOfMemory = Absent.or(outOfMemory, 2);
      poisonExecutors = Absent.or(poisonExecutors, 2);
    }
  }

  /** A tenant and its weight. */
  @JsonPropertyOrder({"instanceName", "weight"})
  public record Tenant(
      @JsonPropertyDescription(
              "The instance name that the tenant's clients give, as --remote_instance_name=main.")
          @Required
          @Size(min = 1, max = 256)
          String instanceName,
      @JsonPropertyDescription(
              "How many times as much it gets as a tenant that is not listed, whose weight is 1.")
          @Default("1")
          @Min(1)
          @Max(1000)
          Integer weight) {
    public Tenant {
      instanceName = Absent.or(instanceName, "");
      weight = Absent.or(weight, 1);
    }
  }

  /** How one platform property is compared. */
  @ValidationRule(
      value = "!has(self.defaultAmount) || self.match == 'Minimum'",
      message = "leave defaultAmount out or set match to Minimum: nothing else is counted")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"name", "match", "defaultAmount"})
  public record PropertyRule(
      @JsonPropertyDescription("The property's name, as memory.")
          @Required
          @Size(min = 1, max = 256)
          String name,
      @JsonPropertyDescription(
              "Exact: the pool has that value. Minimum: the values are amounts, as 4, 500m or"
                  + " 16Gi; each executor of the pool has as much or more, and actions that run at"
                  + " once share it. Any: the pool has the property, whatever its value. Ignore:"
                  + " nobody looks at it.")
          @Required
          Match match,
      @JsonPropertyDescription(
              "For match Minimum: what an action takes of an executor that does not ask for it, as"
                  + " 500m or 2Gi. By default nothing.")
          @Pattern(Forms.AMOUNT)
          @Size(min = 1, max = 20)
          @Nullable String defaultAmount) {
    public PropertyRule {
      name = Absent.or(name, "");
      match = Absent.or(match, Match.EXACT);
    }
  }

  /** How what an action asks for is compared with what a pool has. */
  public enum Match {
    @JsonProperty("Exact")
    EXACT,
    @JsonProperty("Minimum")
    MINIMUM,
    @JsonProperty("Any")
    ANY,
    @JsonProperty("Ignore")
    IGNORE
  }
}
