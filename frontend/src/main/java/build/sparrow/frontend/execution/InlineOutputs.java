package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.InlinedOutputs;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts small outputs into a result for those who asked for them. The protocol lets a server leave
 * out what it likes, so a failing store costs a client nothing but a round trip.
 */
public final class InlineOutputs {
  private static final Logger log = LoggerFactory.getLogger(InlineOutputs.class);

  private final BlobStore blobs;

  public InlineOutputs(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** Whether anything that is wished for is not in the result yet; does not block. */
  static boolean lacks(ActionResult result, InlineWishes wishes) {
    return (wishes.stdout() && lacks(result.getStdoutRaw().isEmpty(), result.getStdoutDigest()))
        || (wishes.stderr() && lacks(result.getStderrRaw().isEmpty(), result.getStderrDigest()))
        || result.getOutputFilesList().stream().anyMatch(file -> lacks(file, wishes));
  }

  private static boolean lacks(OutputFile file, InlineWishes wishes) {
    return wishes.outputFiles().contains(file.getPath())
        && lacks(file.getContents().isEmpty(), file.getDigest());
  }

  private static boolean lacks(boolean empty, build.bazel.remote.execution.v2.Digest digest) {
    return empty && digest.getSizeBytes() > 0;
  }

  /** Reads what is wished for from the store, in one round; blocks. */
  ActionResult fill(BlobScope scope, ActionResult result, InlineWishes wishes) {
    if (!lacks(result, wishes)) {
      return result;
    }
    try {
      return InlinedOutputs.of(result)
          .stdout(wishes.stdout())
          .stderr(wishes.stderr())
          .files(wishes.outputFiles())
          .readFrom(blobs, scope);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("Outputs could not be inlined, leaving them out");
      return result;
    }
  }
}
