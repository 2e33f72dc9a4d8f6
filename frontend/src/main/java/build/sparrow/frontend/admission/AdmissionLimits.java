package build.sparrow.frontend.admission;

import java.time.Duration;

/**
 * The bounds on one action that a farm may choose.
 *
 * @param defaultTimeout for actions that name none
 * @param maxTimeout the most that an action may name
 * @param maxInputEntries files, directories and symlinks that an input root may expand to
 */
public record AdmissionLimits(Duration defaultTimeout, Duration maxTimeout, long maxInputEntries) {
  /** Throws IllegalArgumentException naming what is wrong. */
  public AdmissionLimits {
    if (!maxTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "maxActionTimeout is " + maxTimeout + "; give more than 0");
    }
    if (!defaultTimeout.isPositive() || defaultTimeout.compareTo(maxTimeout) > 0) {
      throw new IllegalArgumentException(
          "defaultActionTimeout is %s; give more than 0 and at most maxActionTimeout, %s"
              .formatted(defaultTimeout, maxTimeout));
    }
    if (maxInputEntries < 1) {
      throw new IllegalArgumentException(
          "maxInputEntries is " + maxInputEntries + "; give 1 or more");
    }
  }
}
