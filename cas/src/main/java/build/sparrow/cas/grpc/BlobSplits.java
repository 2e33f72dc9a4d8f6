package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.ChunkingFunction;
import build.bazel.remote.execution.v2.SpliceBlobRequest;
import build.bazel.remote.execution.v2.SpliceBlobResponse;
import build.bazel.remote.execution.v2.SplitBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobResponse;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.chunk.BlobChunks;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Cuts blobs into chunks, and joins chunks to blobs. All of them are blobs of the store. */
final class BlobSplits {
  /** Each holds a window and a batch in memory, 6 MiB together. */
  private static final int MAX_SPLITS_AT_ONCE = 8;

  private static final int WAIT_SECONDS = 20;
  private static final int BATCH_BYTES = CasLimits.MAX_BATCH_BYTES / 2;

  private final BlobStore store;
  private final Semaphore splits = new Semaphore(MAX_SPLITS_AT_ONCE, true);

  BlobSplits(BlobStore store) {
    this.store = store;
  }

  /** Cuts a blob and stores its chunks; whichever function the client prefers, by FastCDC. */
  SplitBlobResponse split(SplitBlobRequest request) throws IOException {
    InstanceName instance = InstanceName.parse(request.getInstanceName());
    DigestFunction function =
        DigestFunction.resolve(request.getDigestFunction(), request.getBlobDigest().getHash());
    Digest blob = Digest.parse(request.getBlobDigest(), function, "blob_digest");
    awaitTurn();
    try {
      return split(new BlobScope(instance, function), blob);
    } finally {
      splits.release();
    }
  }

  private void awaitTurn() throws IOException {
    try {
      if (!splits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw ReapiStatus.unavailable(
            "%d blobs are being split at the moment; try again".formatted(MAX_SPLITS_AT_ONCE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting to split a blob");
    }
  }

  private SplitBlobResponse split(BlobScope scope, Digest blob) throws IOException {
    SplitBlobResponse.Builder response =
        SplitBlobResponse.newBuilder().setChunkingFunction(ChunkingFunction.Value.FAST_CDC_2020);
    Map<Digest, ByteString> batch = new LinkedHashMap<>();
    int batchBytes = 0;
    try (BlobChunks chunks = new BlobChunks(store.read(scope, blob, 0, 0))) {
      for (ByteString chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
        Digest digest = scope.function().digestOf(chunk);
        response.addChunkDigests(digest.toProto());
        batch.put(digest, chunk);
        batchBytes += chunk.size();
        if (batchBytes >= BATCH_BYTES) {
          store.writeAll(scope, batch);
          batch.clear();
          batchBytes = 0;
        }
      }
    }
    store.writeAll(scope, batch);
    return response.build();
  }

  /** Joins chunks to a blob, whose digest the store verifies. */
  SpliceBlobResponse splice(SpliceBlobRequest request) throws IOException {
    InstanceName instance = InstanceName.parse(request.getInstanceName());
    DigestFunction function =
        DigestFunction.resolve(request.getDigestFunction(), request.getBlobDigest().getHash());
    BlobScope scope = new BlobScope(instance, function);
    Digest blob = Digest.parse(request.getBlobDigest(), function, "blob_digest");
    List<Digest> chunks = Digest.parseAll(request.getChunkDigestsList(), function, "chunk_digests");
    long left = blob.sizeBytes();
    for (Digest chunk : chunks) {
      left -= Math.min(chunk.sizeBytes(), left + 1);
    }
    if (left != 0) {
      throw ReapiStatus.invalidArgument(
          "The %d chunks have %s bytes than blob %s together; send all chunks of the blob, in order"
              .formatted(chunks.size(), left > 0 ? "fewer" : "more", blob));
    }
    // Also renews the leases of the chunks where the blob is there already.
    Set<Digest> wanted = new LinkedHashSet<>(chunks);
    wanted.add(blob);
    Set<Digest> missing = store.findMissing(scope, wanted);
    if (missing.contains(blob)) {
      for (Digest chunk : chunks) {
        if (missing.contains(chunk)) {
          throw new BlobMissingException(chunk);
        }
      }
      store.writeFrom(scope, blob, () -> new ChunkedInput(store, scope, chunks));
    }
    return SpliceBlobResponse.newBuilder().setBlobDigest(blob.toProto()).build();
  }
}
