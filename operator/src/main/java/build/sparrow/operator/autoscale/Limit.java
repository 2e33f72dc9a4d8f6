package build.sparrow.operator.autoscale;

/** What kept a pool from having as many executors as the demand alone asks for. */
public enum Limit {
  MAX_REPLICAS("MaxReplicas", "raise autoscaling.maxReplicas to let it grow"),
  MIN_REPLICAS(
      "MinReplicas",
      "lower autoscaling.minReplicas, or that of the schedule that began last, to let it shrink"),
  SCALE_UP_WINDOW(
      "ScaleUpStabilized",
      "lower autoscaling.behavior.scaleUp.stabilizationWindowSeconds to let it grow sooner"),
  SCALE_DOWN_WINDOW(
      "ScaleDownStabilized",
      "lower autoscaling.behavior.scaleDown.stabilizationWindowSeconds to let it shrink sooner"),
  SCALE_UP_POLICY(
      "ScaleUpPolicy", "raise autoscaling.behavior.scaleUp.policies to let it grow faster"),
  SCALE_DOWN_POLICY(
      "ScaleDownPolicy", "raise autoscaling.behavior.scaleDown.policies to let it shrink faster");

  private final String text;
  private final String nextStep;

  Limit(String text, String nextStep) {
    this.text = text;
    this.nextStep = nextStep;
  }

  /** As a condition's reason, in CamelCase. */
  public String text() {
    return text;
  }

  /** What a person can do who does not want the limit. */
  public String nextStep() {
    return nextStep;
  }
}
