package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.util.Set;

/** What comes of an action before scheduling; what breaks a rule is an exception instead. */
public sealed interface Verdict {
  /** The action may be scheduled. */
  record Admitted(AdmittedAction action) implements Verdict {}

  /** The action cache has its result already. */
  record Cached(ActionResult result) implements Verdict {}

  /**
   * The client is to upload these blobs first.
   *
   * @param missing in the order in which they were found missing, at least one
   */
  record BlobsMissing(DigestFunction function, Set<Digest> missing) implements Verdict {}
}
