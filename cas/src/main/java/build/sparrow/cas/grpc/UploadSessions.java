package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ResourceName.WriteName;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The uploads that are under way, and those whose clients may come back. */
final class UploadSessions implements AutoCloseable {
  static final Duration IDLE_LIMIT = Duration.ofSeconds(60);

  // Each holds an open file.
  private static final int MAX_KEPT = 1024;

  private final BlobStore store;
  private final ZstdCodec zstd;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<WriteName, UploadSession> sessions = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Target, Set<UploadSession>> byTarget = new ConcurrentHashMap<>();

  /** The blob that uploads bring. */
  private record Target(BlobScope scope, Digest digest) {
    static Target of(WriteName name) {
      return new Target(new BlobScope(name.instance(), name.function()), name.digest());
    }
  }

  UploadSessions(BlobStore store, ZstdCodec zstd, LongSupplier nanoTime) {
    this.store = store;
    this.zstd = zstd;
    this.nanoTime = nanoTime;
  }

  /** Finds or opens the upload of that name, for the call to send to. */
  UploadSession attach(WriteName name, WriteCall call, long offset) throws IOException {
    while (true) {
      UploadSession session =
          sessions.computeIfAbsent(name, absent -> add(new UploadSession(this, absent)));
      if (session.attach(call, offset)) {
        return session;
      }
    }
  }

  private UploadSession add(UploadSession session) {
    byTarget.compute(
        Target.of(session.name()),
        (_, known) -> {
          Set<UploadSession> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          all.add(session);
          return all;
        });
    return session;
  }

  /** Ends the other uploads of a blob that one has brought. */
  void endOthers(WriteName stored) {
    byTarget.getOrDefault(Target.of(stored), Set.of()).forEach(UploadSession::endAsStored);
  }

  /** Bytes that the upload of that name has; 0 if there is none. */
  long committedBytes(WriteName name) {
    UploadSession session = sessions.get(name);
    return session == null ? 0 : session.committedBytes();
  }

  /** Ends what has been idle for {@link #IDLE_LIMIT}; to be called every few seconds. */
  void sweep() {
    sessions.values().forEach(session -> session.expire(IDLE_LIMIT));
  }

  /** Opens the upload in the store, in the form that its name says. */
  BlobUpload open(WriteName name) throws IOException {
    BlobScope scope = new BlobScope(name.instance(), name.function());
    return switch (name.compressor()) {
      case IDENTITY -> store.write(scope, name.digest());
      case ZSTD -> store.writeZstd(scope, name.digest(), zstd);
    };
  }

  boolean hasRoomToKeep() {
    // Counting those that wait, not those at work, would cost a walk; so many are rare.
    return sessions.size() <= MAX_KEPT;
  }

  void remove(WriteName name, UploadSession session) {
    sessions.remove(name, session);
    byTarget.computeIfPresent(
        Target.of(name),
        (_, known) -> {
          known.remove(session);
          return known.isEmpty() ? null : known;
        });
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  int count() {
    return sessions.size();
  }

  /** Drops all uploads. */
  @Override
  public void close() {
    sessions.values().forEach(UploadSession::close);
  }
}
