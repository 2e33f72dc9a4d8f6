package build.sparrow.frontend.admission;

import build.sparrow.reapi.ActionKey;

/** Decides whether an action may be scheduled. Safe for many threads; may block. */
public interface Admission {
  /**
   * Looks at an action and everything it names.
   *
   * @param skipCacheLookup whether to run it although its result may be known
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming what is wrong, the value and the
   *     rule; UNAVAILABLE if the store fails
   */
  Verdict admit(ActionKey key, boolean skipCacheLookup);

  /** To be called when an input that was found present turned out to be missing. */
  default void inputsWentMissing() {}
}
