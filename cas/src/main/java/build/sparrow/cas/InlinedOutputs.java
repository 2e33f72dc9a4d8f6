package build.sparrow.cas;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.OutputFile;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Puts small outputs into a result, so that a client needs no further call for them: first stdout,
 * then stderr, then files in their order, as long as they fit into {@value #BUDGET_BYTES} bytes
 * together. What does not fit, or is not in the store, stays a digest.
 */
public final class InlinedOutputs {
  static final int BUDGET_BYTES = 1 << 20;

  private final ActionResult result;
  private boolean stdout;
  private boolean stderr;
  private Set<String> files = Set.of();
  private long leftBytes;

  private InlinedOutputs(ActionResult result) {
    this.result = result;
    // A result that is large by itself must still fit into a message.
    this.leftBytes = Math.min(BUDGET_BYTES, CasLimits.MAX_BATCH_BYTES - result.getSerializedSize());
  }

  /** Starts with a result and nothing to inline. */
  public static InlinedOutputs of(ActionResult result) {
    return new InlinedOutputs(result);
  }

  /** Whether stdout is wanted. */
  public InlinedOutputs stdout(boolean wanted) {
    stdout = wanted;
    return this;
  }

  /** Whether stderr is wanted. */
  public InlinedOutputs stderr(boolean wanted) {
    stderr = wanted;
    return this;
  }

  /** The paths of the output files that are wanted, as the result has them. */
  public InlinedOutputs files(Set<String> paths) {
    files = paths;
    return this;
  }

  /** The result with what was wanted and fits. */
  public ActionResult readFrom(BlobStore store, BlobScope scope) throws IOException {
    Set<Digest> chosen = new LinkedHashSet<>();
    boolean inlineStdout =
        stdout
            && result.getStdoutRaw().isEmpty()
            && result.hasStdoutDigest()
            && choose(result.getStdoutDigest(), chosen);
    boolean inlineStderr =
        stderr
            && result.getStderrRaw().isEmpty()
            && result.hasStderrDigest()
            && choose(result.getStderrDigest(), chosen);
    Map<Integer, Digest> inlineFiles = new HashMap<>();
    for (int i = 0; i < result.getOutputFilesCount(); i++) {
      OutputFile file = result.getOutputFiles(i);
      if (files.contains(file.getPath())
          && file.getContents().isEmpty()
          && choose(file.getDigest(), chosen)) {
        inlineFiles.put(i, digest(file.getDigest()));
      }
    }
    if (chosen.isEmpty()) {
      return result;
    }
    Map<Digest, ByteString> blobs = store.readAll(scope, chosen);
    ActionResult.Builder inlined = result.toBuilder();
    if (inlineStdout) {
      inlined.setStdoutRaw(blobs.getOrDefault(digest(result.getStdoutDigest()), ByteString.EMPTY));
    }
    if (inlineStderr) {
      inlined.setStderrRaw(blobs.getOrDefault(digest(result.getStderrDigest()), ByteString.EMPTY));
    }
    inlineFiles.forEach(
        (index, digest) ->
            inlined
                .getOutputFilesBuilder(index)
                .setContents(blobs.getOrDefault(digest, ByteString.EMPTY)));
    return inlined.build();
  }

  private boolean choose(build.bazel.remote.execution.v2.Digest proto, Set<Digest> chosen) {
    if (proto.getSizeBytes() <= 0 || proto.getSizeBytes() > leftBytes) {
      return false;
    }
    leftBytes -= proto.getSizeBytes();
    chosen.add(digest(proto));
    return true;
  }

  private static Digest digest(build.bazel.remote.execution.v2.Digest proto) {
    return new Digest(proto.getHash(), proto.getSizeBytes());
  }
}
