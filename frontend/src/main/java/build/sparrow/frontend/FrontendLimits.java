package build.sparrow.frontend;

import build.sparrow.cas.CasLimits;
import build.sparrow.frontend.admission.AdmissionLimits;
import build.sparrow.service.DataSize;
import java.time.Duration;

/**
 * The bounds that a farm may choose.
 *
 * @param maxBatchBytes the most bytes of all blobs of one batch; announced, at most 4 MiB
 * @param defaultActionTimeout of actions that name none
 * @param maxActionTimeout the most that an action may name
 * @param maxQueuedActions beyond it new actions are turned away for a while
 * @param maxInputEntries files, directories and symlinks that an input root may expand to
 */
public record FrontendLimits(
    DataSize maxBatchBytes,
    Duration defaultActionTimeout,
    Duration maxActionTimeout,
    int maxQueuedActions,
    long maxInputEntries) {
  /** What holds where a farm says nothing. */
  public static final FrontendLimits DEFAULT =
      new FrontendLimits(
          new DataSize(CasLimits.MAX_BATCH_BYTES),
          Duration.ofMinutes(15),
          Duration.ofHours(1),
          100_000,
          1_000_000);

  /** Throws IllegalArgumentException naming what is wrong. */
  public FrontendLimits {
    if (maxBatchBytes.bytes() < 1 || maxBatchBytes.bytes() > CasLimits.MAX_BATCH_BYTES) {
      throw new IllegalArgumentException(
          "maxBatchBytes is %s; give 1 to %d bytes"
              .formatted(maxBatchBytes, CasLimits.MAX_BATCH_BYTES));
    }
    if (maxQueuedActions < 1) {
      throw new IllegalArgumentException(
          "maxQueuedActions is " + maxQueuedActions + "; give 1 or more");
    }
    var _ = new AdmissionLimits(defaultActionTimeout, maxActionTimeout, maxInputEntries);
  }

  /** Those that admission applies to each action. */
  AdmissionLimits admission() {
    return new AdmissionLimits(defaultActionTimeout, maxActionTimeout, maxInputEntries);
  }
}
