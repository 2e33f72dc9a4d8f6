package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

/** How actions are placed and tried again. */
@JsonPropertyOrder({"attempts", "preemptionsBeforeOnDemand"})
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
        Integer preemptionsBeforeOnDemand) {
  static final SchedulerSpec DEFAULTS = new SchedulerSpec(Attempts.DEFAULTS, 3);

  public SchedulerSpec {
    attempts = Absent.or(attempts, Attempts.DEFAULTS);
    preemptionsBeforeOnDemand = Absent.or(preemptionsBeforeOnDemand, 3);
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
}
