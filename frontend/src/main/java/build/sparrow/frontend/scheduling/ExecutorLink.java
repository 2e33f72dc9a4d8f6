package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.v1.FrontendMessage;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The way to one executor: one stream, and a bounded queue for what the stream does not take yet.
 * An executor that lets the queue overflow is disconnected; it comes back and announces what it
 * holds. Safe for many threads.
 */
final class ExecutorLink {
  /** The most that may wait for one executor, in bytes of messages. */
  static final long MAX_WAITING_BYTES = 16L << 20;

  private final ExecutorId executor;
  private final ServerCallStreamObserver<FrontendMessage> stream;
  private final Deque<FrontendMessage> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean closed;

  ExecutorLink(ExecutorId executor, ServerCallStreamObserver<FrontendMessage> stream) {
    this.executor = executor;
    this.stream = stream;
  }

  ExecutorId executor() {
    return executor;
  }

  /** Sends or queues a message; false if the link is closed, or has to be closed for this. */
  synchronized boolean send(FrontendMessage message) {
    if (closed) {
      return false;
    }
    if (waiting.isEmpty() && stream.isReady()) {
      stream.onNext(message);
      return true;
    }
    int size = message.getSerializedSize();
    if (!waiting.isEmpty() && waitingBytes + size > MAX_WAITING_BYTES) {
      close(
          ReapiStatus.resourceExhausted(
              "executor %s does not read: %d bytes wait for it, at most %d may"
                  .formatted(executor.name(), waitingBytes, MAX_WAITING_BYTES)));
      return false;
    }
    waiting.add(message);
    waitingBytes += size;
    return true;
  }

  /** Sends what waits, as much as the stream takes. */
  synchronized void drain() {
    while (!closed && stream.isReady() && !waiting.isEmpty()) {
      FrontendMessage message = waiting.remove();
      waitingBytes -= message.getSerializedSize();
      stream.onNext(message);
    }
  }

  /** Ends the stream with a status that says why; nothing is sent any more. */
  synchronized void close(StatusRuntimeException why) {
    if (!closed) {
      closed = true;
      waiting.clear();
      waitingBytes = 0;
      stream.onError(why);
    }
  }
}
