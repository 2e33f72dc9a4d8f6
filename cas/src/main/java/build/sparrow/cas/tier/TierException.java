package build.sparrow.cas.tier;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The tier did not do what it was asked for. */
final class TierException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean refusesObject;

  /**
   * A failure.
   *
   * @param refusesObject whether it is this object that the tier does not take, so that trying
   *     again is of no use; else it is away, overloaded, or lets nobody in
   */
  TierException(String message, boolean refusesObject, @Nullable Throwable cause) {
    super(message, cause);
    this.refusesObject = refusesObject;
  }

  boolean refusesObject() {
    return refusesObject;
  }
}
