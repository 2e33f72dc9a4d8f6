package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.executor.output.OutputUploads;
import build.sparrow.executor.sandbox.CapturedStream;
import build.sparrow.executor.sandbox.RunResult;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Hasher;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Puts what a command wrote to its two streams into the result: the bytes themselves if that was
 * asked for and they are few, else the digest of a blob.
 */
final class StandardStreams {
  private static final int CHUNK_BYTES = 64 << 10;

  private final OutputUploads uploads;
  private final ActionEnvelope envelope;

  StandardStreams(OutputUploads uploads, ActionEnvelope envelope) {
    this.uploads = uploads;
    this.envelope = envelope;
  }

  void addTo(ActionResult.Builder result, RunResult run) throws IOException {
    add(
        run.stdout(),
        envelope.getInlineStdout(),
        result::setStdoutRaw,
        digest -> result.setStdoutDigest(digest.toProto()));
    add(
        run.stderr(),
        envelope.getInlineStderr(),
        result::setStderrRaw,
        digest -> result.setStderrDigest(digest.toProto()));
  }

  private void add(
      CapturedStream stream, boolean isInlined, Consumer<ByteString> raw, Consumer<Digest> digest)
      throws IOException {
    switch (stream.content()) {
      case CapturedStream.InMemory(ByteString bytes) -> {
        if (bytes.isEmpty()) {
          return;
        }
        if (isInlined) {
          raw.accept(bytes);
        } else {
          digest.accept(uploads.add(bytes));
        }
      }
      case CapturedStream.InFile(Path file, long size) -> {
        Digest hashed = new Digest(hash(file), size);
        uploads.add(hashed, () -> Files.newInputStream(file));
        digest.accept(hashed);
      }
    }
  }

  private String hash(Path file) throws IOException {
    Hasher hasher = uploads.scope().function().newHasher();
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        hasher.update(chunk, 0, count);
      }
    }
    return hasher.hex();
  }
}
