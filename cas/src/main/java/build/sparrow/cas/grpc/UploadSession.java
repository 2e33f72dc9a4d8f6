package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobUpload;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.ResourceName.WriteName;
import com.google.bytestream.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One upload under the name that its client drew for it. A call holds it while the client sends;
 * when the call breaks off it waits, with the bytes it has, for the client to come back.
 */
final class UploadSession {
  private static final Logger log = LoggerFactory.getLogger(UploadSession.class);

  private final UploadSessions sessions;
  private final WriteName name;
  private final ReentrantLock lock = new ReentrantLock();

  // Written under the lock.
  private volatile long committedBytes;

  // Guarded by the lock.
  private @Nullable BlobUpload upload;
  private @Nullable WriteCall holder;
  private long idleSinceNanos;
  private boolean closed;

  UploadSession(UploadSessions sessions, WriteName name) {
    this.sessions = sessions;
    this.name = name;
  }

  WriteName name() {
    return name;
  }

  /** Bytes that have been taken, in the form in which they travel. */
  long committedBytes() {
    return committedBytes;
  }

  /**
   * Makes the call the one that sends; an earlier one, whose connection may be dead, ends. A client
   * that comes back and starts at 0 starts anew.
   *
   * @return false if the session has ended, so that another is to be opened
   */
  boolean attach(WriteCall call, long offset) throws IOException {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      WriteCall earlier = holder;
      holder = call;
      if (earlier != null) {
        earlier.fail(ReapiStatus.aborted("Another Write call took over the upload " + name.uuid()));
      }
      idleSinceNanos = sessions.nanoTime();
      if (upload != null && offset == 0 && committedBytes > 0) {
        upload.close();
        upload = null;
        committedBytes = 0;
      }
      if (upload == null) {
        upload = sessions.open(name);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next message of the call that holds the session.
   *
   * @return what to answer as committed_size, if the upload is over
   */
  OptionalLong take(WriteCall call, WriteRequest request) throws IOException {
    lock.lock();
    try {
      if (closed || holder != call || upload == null) {
        throw ReapiStatus.aborted("The upload " + name.uuid() + " goes on in another call");
      }
      if (upload.alreadyStored()) {
        close();
        return OptionalLong.of(ByteStreamService.sizeWhenStored(name));
      }
      if (request.getWriteOffset() != committedBytes) {
        throw ReapiStatus.invalidArgument(
            "write_offset is %d, while %d bytes are committed; go on from there, as QueryWriteStatus tells, or from 0 in a new call"
                .formatted(request.getWriteOffset(), committedBytes));
      }
      return take(upload, request);
    } finally {
      idleSinceNanos = sessions.nanoTime();
      lock.unlock();
    }
  }

  private OptionalLong take(BlobUpload upload, WriteRequest request) throws IOException {
    long after = committedBytes + request.getData().size();
    try {
      upload.write(request.getData());
      committedBytes = after;
      if (!request.getFinishWrite()) {
        return OptionalLong.empty();
      }
      upload.commit();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    close();
    return OptionalLong.of(after);
  }

  /**
   * Ends the upload, whose blob another one has brought: its client need not send the rest, and
   * what it sent takes no room any more.
   */
  void endAsStored() {
    // Whoever is at work finds out with the next message.
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (closed) {
        return;
      }
      WriteCall sender = holder;
      holder = null;
      close();
      if (sender != null) {
        sender.complete(ByteStreamService.sizeWhenStored(name));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets the call go; what it sent is kept for a while, if it is worth that. */
  void detach(WriteCall call) {
    lock.lock();
    try {
      if (holder == call) {
        holder = null;
        idleSinceNanos = sessions.nanoTime();
        if (committedBytes == 0 || !sessions.hasRoomToKeep()) {
          close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends what has been idle for too long: first the call, then the session. */
  void expire(Duration limit) {
    // Whoever has the lock is at work, so not idle.
    if (!lock.tryLock()) {
      return;
    }
    try {
      if (closed || sessions.nanoTime() - idleSinceNanos < limit.toNanos()) {
        return;
      }
      WriteCall idle = holder;
      if (idle == null) {
        close();
        return;
      }
      idle.fail(
          ReapiStatus.aborted(
              "The upload was idle for %d s, after %d bytes of blob %s; go on from there, as QueryWriteStatus tells"
                  .formatted(limit.toSeconds(), committedBytes, name.digest())));
      detach(idle);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the session; what was not finished is dropped. */
  void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      sessions.remove(name, this);
      if (upload != null) {
        upload.close();
      }
    } catch (IOException e) {
      log.atWarn().addKeyValue("blob", name.digest()).setCause(e).log("Cannot drop an upload");
    } finally {
      lock.unlock();
    }
  }
}
