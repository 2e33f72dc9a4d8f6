package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.PropertyRules;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.Context;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads an action from the store and applies every rule. The usual action costs three rounds to the
 * store: cache lookup beside Action, then Command beside the root directory, then the question for
 * the files that are not known yet.
 */
public final class CheckingAdmission implements Admission, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CheckingAdmission.class);

  /** The most bytes of Action and Command together: they travel to the executor in one message. */
  static final int MAX_ACTION_BYTES = CasLimits.MAX_BATCH_BYTES;

  /** Larger root directories are fetched by themselves. */
  private static final int MAX_PREFETCH_BYTES = 1 << 20;

  /** With this many trees of fewer than LARGE_TREE_ENTRIES in memory, some 64 MiB are in use. */
  private static final int MAX_CONCURRENT = 32;

  private static final long SUBTREE_CACHE_BYTES = 32L << 20;

  private final BlobStore blobs;
  private final ActionCache cache;
  private final AdmissionLimits limits;
  private final PlatformCheck platforms;
  private final InputTrees trees;
  private final Semaphore concurrent = new Semaphore(MAX_CONCURRENT, true);
  private final ExecutorService lookups = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Takes where actions and results are.
   *
   * @param properties how the farm reads platforms
   * @param lease of the store
   * @param nanoTime a clock that never goes back
   */
  public CheckingAdmission(
      BlobStore blobs,
      ActionCache cache,
      AdmissionLimits limits,
      PropertyRules properties,
      Duration lease,
      LongSupplier nanoTime) {
    this.blobs = blobs;
    this.cache = cache;
    this.limits = limits;
    this.platforms = new PlatformCheck(properties);
    var subtrees = new SubtreeCache(SUBTREE_CACHE_BYTES, lease, nanoTime);
    this.trees = new InputTrees(blobs, subtrees, limits.maxInputEntries());
  }

  @Override
  public Verdict admit(ActionKey key, boolean skipCacheLookup) {
    checkSize(key.action(), 0);
    concurrent.acquireUninterruptibly();
    try {
      return skipCacheLookup ? inspect(key, readAction(key)) : lookUpAndInspect(key);
    } catch (IOException e) {
      if (Context.current().isCancelled()) {
        throw ReapiStatus.cancelled("the client has gone");
      }
      log.atWarn().addKeyValue("action", key).setCause(e).log("Store failed an admission");
      throw ReapiStatus.unavailable(
          "the store could not be asked for action %s: %s; try again"
              .formatted(key.action(), e.getMessage()));
    } finally {
      concurrent.release();
    }
  }

  private Verdict lookUpAndInspect(ActionKey key) throws IOException {
    Future<Optional<ActionResult>> lookup = lookups.submit(() -> cache.get(key));
    try {
      Optional<Action> action = readAction(key);
      if (action.isEmpty() || !action.get().getDoNotCache()) {
        Optional<ActionResult> cached = join(lookup);
        if (cached.isPresent()) {
          return new Verdict.Cached(cached.get());
        }
      }
      return inspect(key, action);
    } finally {
      lookup.cancel(true);
    }
  }

  private static Optional<ActionResult> join(Future<Optional<ActionResult>> lookup)
      throws IOException {
    try {
      return lookup.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("The lookup in the action cache failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking up a result");
    }
  }

  private Optional<Action> readAction(ActionKey key) throws IOException {
    ByteString bytes = blobs.readAll(BlobScope.of(key), List.of(key.action())).get(key.action());
    return bytes == null
        ? Optional.empty()
        : Optional.of(parse(bytes, Action.parser(), "action", key.action()));
  }

  private Verdict inspect(ActionKey key, Optional<Action> read) throws IOException {
    if (read.isEmpty()) {
      return new Verdict.BlobsMissing(key.function(), Set.of(key.action()));
    }
    Action action = read.get();
    Duration timeout = Timeouts.of(action, limits);
    Digest commandDigest =
        Digest.parse(action.getCommandDigest(), key.function(), "action.command_digest");
    Digest root =
        Digest.parse(action.getInputRootDigest(), key.function(), "action.input_root_digest");
    checkSize(commandDigest, key.action().sizeBytes());
    BlobScope scope = BlobScope.of(key);
    Map<Digest, ByteString> fetched = fetch(scope, commandDigest, root);
    ByteString commandBytes = fetched.get(commandDigest);
    if (commandBytes == null) {
      return new Verdict.BlobsMissing(
          key.function(), withCommand(commandDigest, trees.check(scope, root, fetched, ROOT_ONLY)));
    }
    Command command = parse(commandBytes, Command.parser(), "command", commandDigest);
    CommandRules.check(command);
    CommandPaths paths = CommandPaths.of(command);
    PlatformKey platform = platforms.platformOf(action, command);
    Set<Digest> missing = trees.check(scope, root, fetched, paths);
    return missing.isEmpty()
        ? new Verdict.Admitted(new AdmittedAction(key, action, command, platform, timeout))
        : new Verdict.BlobsMissing(key.function(), missing);
  }

  /** For a tree whose command is not known yet. */
  private static final CommandPaths ROOT_ONLY = new CommandPaths("", List.of());

  private static Set<Digest> withCommand(Digest command, Set<Digest> missing) {
    Set<Digest> all = new LinkedHashSet<>();
    all.add(command);
    all.addAll(missing);
    return all;
  }

  private Map<Digest, ByteString> fetch(BlobScope scope, Digest command, Digest root)
      throws IOException {
    boolean withRoot =
        !root.isEmpty()
            && root.sizeBytes() <= MAX_PREFETCH_BYTES
            && !root.equals(command)
            && !trees.knows(scope, root);
    return blobs.readAll(scope, withRoot ? List.of(command, root) : List.of(command));
  }

  private static void checkSize(Digest digest, long before) {
    if (digest.sizeBytes() + before > MAX_ACTION_BYTES) {
      throw ReapiStatus.invalidArgument(
          "action and command have %d bytes together; at most %d are allowed"
              .formatted(digest.sizeBytes() + before, MAX_ACTION_BYTES));
    }
  }

  private static <M extends Message> M parse(
      ByteString bytes, Parser<M> parser, String what, Digest digest) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw ReapiStatus.invalidArgument(
          "%s %s is not the message it should be: %s".formatted(what, digest, e.getMessage()));
    }
  }

  @Override
  public void inputsWentMissing() {
    trees.forgetAll();
  }

  @Override
  public void close() {
    lookups.close();
  }
}
