package build.sparrow.frontend.actionlog;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines, to which each start of a frontend appends. Lines are in the order of the
 * results, so what an action needs stands before it. Safe for many threads; {@link #add} never
 * blocks.
 */
public final class ActionLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ActionLog.class);

  /** The file grows no further. */
  public static final long MAX_FILE_BYTES = 256L << 20;

  /** Results that wait to be written; of more the newest are left out. */
  static final int MAX_WAITING = 10_000;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Path file;
  private final long maxFileBytes;
  private final OutputStream lines;
  private final Edges edges;
  private final ObjectMapper json = new ObjectMapper();
  private final ThreadPoolExecutor writer;
  private final AtomicLong leftOut = new AtomicLong();
  private long fileBytes;
  private boolean full;

  private ActionLog(Path file, long maxFileBytes, BlobStore blobs) throws IOException {
    this.file = file;
    this.maxFileBytes = maxFileBytes;
    lines = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    fileBytes = Files.size(file);
    edges = new Edges(blobs);
    writer =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("action-log").factory(),
            (_, _) -> leftOut.incrementAndGet());
  }

  /**
   * Opens the file for appending; makes it if it is not there.
   *
   * @param blobs where input roots are
   * @throws IOException naming the file if it cannot be written
   */
  public static ActionLog open(Path file, BlobStore blobs) throws IOException {
    return open(file, blobs, MAX_FILE_BYTES);
  }

  static ActionLog open(Path file, BlobStore blobs, long maxFileBytes) throws IOException {
    try {
      return new ActionLog(file, maxFileBytes, blobs);
    } catch (IOException e) {
      throw new IOException("The action log " + file + " cannot be written: " + e, e);
    }
  }

  /** Writes the action's line by and by. */
  void add(ActionEnvelope action, ActionResult result) {
    writer.execute(() -> write(action, result));
  }

  private void write(ActionEnvelope action, ActionResult result) {
    if (full) {
      return;
    }
    try {
      ActionKey key =
          ActionKey.parse(
              action.getInstanceName(), action.getDigestFunction(), action.getActionDigest());
      BlobScope scope = BlobScope.of(key);
      Digest root =
          Digest.parse(
              action.getAction().getInputRootDigest(), key.function(), "action.input_root_digest");
      String digest = key.action().toString();
      Inputs inputs = edges.of(scope, root);
      edges.made(scope, digest, result);
      append(json.writeValueAsBytes(LoggedAction.of(digest, action, result, inputs)));
    } catch (IOException | RuntimeException e) {
      log.atWarn()
          .addKeyValue("action", action.getActionDigest().getHash())
          .setCause(e)
          .log("Action could not be logged");
    }
  }

  private void append(byte[] line) throws IOException {
    if (fileBytes + line.length + 1 > maxFileBytes) {
      full = true;
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("maxFileBytes", maxFileBytes)
          .log("Action log is full, logging no more; move the file and restart the frontend");
      return;
    }
    byte[] whole = new byte[line.length + 1];
    System.arraycopy(line, 0, whole, 0, line.length);
    whole[line.length] = '\n';
    lines.write(whole);
    fileBytes += whole.length;
  }

  /** Writes what waits, for up to five seconds, and closes the file. */
  @Override
  public void close() throws IOException {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        leftOut.addAndGet(writer.shutdownNow().size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lines.close();
    if (leftOut.get() > 0) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("actions", leftOut.get())
          .log("Action log is incomplete, results came faster than they could be written");
    }
  }
}
