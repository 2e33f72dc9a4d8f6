package build.sparrow.executor.input;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import com.google.rpc.Status;
import java.util.Set;

/** The store does not hold some of the inputs; the client is to upload them. */
public final class InputsMissingException extends Exception {
  private final DigestFunction function;
  private final Set<Digest> digests;

  InputsMissingException(DigestFunction function, Set<Digest> digests) {
    super(digests.size() + " inputs are missing in the store");
    this.function = function;
    this.digests = Set.copyOf(digests);
  }

  /** What is missing, as far as it was looked for. */
  Set<Digest> digests() {
    return digests;
  }

  /** FAILED_PRECONDITION that names the blobs in the way that clients understand. */
  public Status toStatus() {
    return ReapiStatus.missingBlobsStatus(function, digests);
  }
}
