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

/** Who decides how many executors a pool has, and by which rules. */
@ValidationRule(
    value = "self.minReplicas <= self.maxReplicas",
    message = "raise maxReplicas or lower minReplicas to it")
@ValidationRule(
    value = "self.mode == 'Internal' || !has(self.idleReplicas)",
    message =
        "leave idleReplicas out or set mode to Internal: only the operator keeps spare "
            + "executors")
@ValidationRule(
    value = "!has(self.idleReplicas) || self.idleReplicas <= self.maxReplicas",
    message = "raise maxReplicas or lower idleReplicas to it")
@ValidationRule(
    value = "self.mode == 'Internal' || self.schedules.size() == 0",
    message = "leave schedules out or set mode to Internal: only the operator keeps them")
@ValidationRule(
    value = "self.schedules.all(s, s.minReplicas <= self.maxReplicas)",
    message = "raise maxReplicas or lower the minReplicas of schedules to it")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "mode",
  "minReplicas",
  "maxReplicas",
  "idleReplicas",
  "targetQueueWaitSeconds",
  "idleTimeoutSeconds",
  "behavior",
  "schedules"
})
public record AutoscalingSpec(
    @JsonPropertyDescription(
            "Disabled: the pool's replicas; Internal: the operator, by the actions that wait;"
                + " External: whoever writes the scale of the ExecutorPool, as an"
                + " HorizontalPodAutoscaler.")
        @Default("Disabled")
        Mode mode,
    @JsonPropertyDescription("The fewest executors. 0 lets the pool go to zero.")
        @Default("0")
        @Min(0)
        @Max(1000)
        Integer minReplicas,
    @JsonPropertyDescription("The most executors.") @Default("10") @Min(1) @Max(1000)
        Integer maxReplicas,
    @JsonPropertyDescription(
            "For mode Internal: so many executors are kept beyond those that are needed, so that"
                + " the next actions do not wait for a pod.")
        @Min(0)
        @Max(1000)
        @Nullable Integer idleReplicas,
    @JsonPropertyDescription(
            "For mode Internal: how long in seconds an action may wait before executors are added.")
        @Default("10")
        @Min(1)
        @Max(3600)
        Integer targetQueueWaitSeconds,
    @JsonPropertyDescription(
            "For mode Internal: after so many seconds without an action an executor may go.")
        @Default("600")
        @Min(0)
        @Max(86_400)
        Integer idleTimeoutSeconds,
    @JsonPropertyDescription("For mode Internal: how fast the number may change.") @Default("{}")
        Behavior behavior,
    @JsonPropertyDescription(
            "For mode Internal: fewest executors by the time of day or week, in place of"
                + " minReplicas. That of the schedule holds that began last.")
        @Default("[]")
        @Size(max = 16)
        List<Schedule> schedules) {
  static final AutoscalingSpec DEFAULTS =
      new AutoscalingSpec(Mode.DISABLED, 0, 10, null, 10, 600, Behavior.DEFAULTS, List.of());

  public AutoscalingSpec {
    mode = Absent.or(mode, Mode.DISABLED);
    minReplicas = Absent.or(minReplicas, 0);
    maxReplicas = Absent.or(maxReplicas, 10);
    targetQueueWaitSeconds = Absent.or(targetQueueWaitSeconds, 10);
    idleTimeoutSeconds = Absent.or(idleTimeoutSeconds, 600);
    behavior = Absent.or(behavior, Behavior.DEFAULTS);
    schedules = List.copyOf(Absent.or(schedules, List.of()));
  }

  /** Who decides. */
  public enum Mode {
    @JsonProperty("Disabled")
    DISABLED,
    @JsonProperty("Internal")
    INTERNAL,
    @JsonProperty("External")
    EXTERNAL
  }

  /** How fast the number of executors may change. */
  @JsonPropertyOrder({"scaleUp", "scaleDown"})
  public record Behavior(
      @JsonPropertyDescription("How fast executors may be added.") @Default("{}") ScaleUp scaleUp,
      @JsonPropertyDescription("How fast executors may go.") @Default("{}") ScaleDown scaleDown) {
    static final Behavior DEFAULTS = new Behavior(ScaleUp.DEFAULTS, ScaleDown.DEFAULTS);

    public Behavior {
      scaleUp = Absent.or(scaleUp, ScaleUp.DEFAULTS);
      scaleDown = Absent.or(scaleDown, ScaleDown.DEFAULTS);
    }
  }

  /** How fast the number of executors may change in one direction. */
  public sealed interface ScalingRules {
    /** The past, in seconds, whose most cautious wish is followed. */
    Integer stabilizationWindowSeconds();

    /** Of which the one counts that allows most; without any there is no limit. */
    List<ScalingPolicy> policies();
  }

  /** How fast executors may be added. */
  @JsonPropertyOrder({"stabilizationWindowSeconds", "policies"})
  public record ScaleUp(
      @JsonPropertyDescription(
              "The lowest number that was wished for in the last so many seconds is followed; 0"
                  + " follows at once.")
          @Default("0")
          @Min(0)
          @Max(3600)
          Integer stabilizationWindowSeconds,
      @JsonPropertyDescription(
              "How many executors may be added in a time. Of several policies that counts which"
                  + " allows most; without any there is no limit.")
          @Default(
              "[{\"type\": \"Percent\", \"value\": 100, \"periodSeconds\": 15},"
                  + " {\"type\": \"Pods\", \"value\": 10, \"periodSeconds\": 15}]")
          @Size(max = 8)
          List<ScalingPolicy> policies)
      implements ScalingRules {
    private static final List<ScalingPolicy> POLICIES =
        List.of(
            new ScalingPolicy(PolicyType.PERCENT, 100, 15),
            new ScalingPolicy(PolicyType.PODS, 10, 15));
    static final ScaleUp DEFAULTS = new ScaleUp(0, POLICIES);

    public ScaleUp {
      stabilizationWindowSeconds = Absent.or(stabilizationWindowSeconds, 0);
      policies = List.copyOf(Absent.or(policies, POLICIES));
    }
  }

  /** How fast executors may go. */
  @JsonPropertyOrder({"stabilizationWindowSeconds", "policies"})
  public record ScaleDown(
      @JsonPropertyDescription(
              "The highest number that was wished for in the last so many seconds is followed; 0"
                  + " follows at once.")
          @Default("300")
          @Min(0)
          @Max(3600)
          Integer stabilizationWindowSeconds,
      @JsonPropertyDescription(
              "How many executors may go in a time. Of several policies that counts which allows"
                  + " most; without any there is no limit.")
          @Default("[{\"type\": \"Percent\", \"value\": 100, \"periodSeconds\": 15}]")
          @Size(max = 8)
          List<ScalingPolicy> policies)
      implements ScalingRules {
    private static final List<ScalingPolicy> POLICIES =
        List.of(new ScalingPolicy(PolicyType.PERCENT, 100, 15));
    static final ScaleDown DEFAULTS = new ScaleDown(300, POLICIES);

    public ScaleDown {
      stabilizationWindowSeconds = Absent.or(stabilizationWindowSeconds, 300);
      policies = List.copyOf(Absent.or(policies, POLICIES));
    }
  }

  /** By how much the number of executors may change in a time. */
  @JsonPropertyOrder({"type", "value", "periodSeconds"})
  public record ScalingPolicy(
      @JsonPropertyDescription("Percent of the executors there are, rounded up, or Pods.") @Required
          PolicyType type,
      @JsonPropertyDescription("How many.") @Required @Min(1) @Max(10_000) Integer value,
      @JsonPropertyDescription("In how many seconds.") @Required @Min(1) @Max(1800)
          Integer periodSeconds) {
    public ScalingPolicy {
      type = Absent.or(type, PolicyType.PODS);
      value = Absent.or(value, 0);
      periodSeconds = Absent.or(periodSeconds, 0);
    }
  }

  /** What a policy counts. */
  public enum PolicyType {
    @JsonProperty("Percent")
    PERCENT,
    @JsonProperty("Pods")
    PODS
  }

  /** The fewest executors from a time on. */
  @JsonPropertyOrder({"cron", "timeZone", "minReplicas"})
  public record Schedule(
      @JsonPropertyDescription(
              "When it begins: minute, hour, day of month, month, day of week, as \"0 7 * * 1-5\".")
          @Required
          @Pattern(Forms.CRON)
          @Size(min = 9, max = 100)
          String cron,
      @JsonPropertyDescription("The time zone of it, as Europe/Zurich.")
          @Default("UTC")
          @Size(min = 1, max = 64)
          String timeZone,
      @JsonPropertyDescription("The fewest executors from then on.") @Required @Min(0) @Max(1000)
          Integer minReplicas) {
    public Schedule {
      cron = Absent.or(cron, "");
      timeZone = Absent.or(timeZone, "UTC");
      minReplicas = Absent.or(minReplicas, 0);
    }
  }
}
