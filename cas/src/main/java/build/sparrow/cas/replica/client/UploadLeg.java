package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.service.Endpoint;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The way of an upload to one shard, on a thread of its own, so that none waits for another. */
final class UploadLeg implements AutoCloseable {
  private static final int MAX_QUEUED_CHUNKS = 4;
  private static final int STALL_SECONDS = 5;
  private static final ByteString END = ByteString.EMPTY;

  private final Endpoint shard;
  private final BlobUpload upload;
  private final BlockingQueue<ByteString> chunks = new ArrayBlockingQueue<>(MAX_QUEUED_CHUNKS);
  private final Thread thread;
  private volatile @Nullable IOException failure;
  private volatile boolean alreadyStored;
  private volatile boolean committed;

  UploadLeg(Endpoint shard, BlobUpload upload) {
    this.shard = shard;
    this.upload = upload;
    this.thread = Thread.ofVirtual().name("upload-leg").start(this::run);
  }

  private void run() {
    try (upload) {
      for (ByteString chunk = chunks.take(); !chunk.isEmpty(); chunk = chunks.take()) {
        if (!alreadyStored) {
          upload.write(chunk);
          alreadyStored = upload.alreadyStored();
        }
      }
      upload.commit();
      committed = true;
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      failure = new StoreUnavailableException("The upload was given up", e);
    }
  }

  Endpoint shard() {
    return shard;
  }

  /** Takes bytes, at least one, as soon as there is room; a leg that takes none for 5 s fails. */
  void send(ByteString chunk) throws InterruptedException {
    while (failure == null && thread.isAlive()) {
      if (chunks.offer(chunk, STALL_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
      if (failure == null) {
        failure =
            new StoreUnavailableException(
                "Shard %s took nothing for %d s".formatted(shard, STALL_SECONDS));
      }
    }
  }

  /** Says that all was sent. */
  void finish() throws InterruptedException {
    send(END);
  }

  /** Waits until the shard has the blob or has failed. */
  boolean awaitCommit() throws InterruptedException {
    if (failure == null) {
      thread.join();
    }
    return committed;
  }

  /** Why it goes no further; null as long as it does. */
  @Nullable IOException failure() {
    return failure;
  }

  boolean isAlreadyStored() {
    return alreadyStored;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
