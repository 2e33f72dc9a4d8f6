package build.sparrow.cas.client;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageBlockingV2Stub;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobSource;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ResourceName.ReadName;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.ByteStreamGrpc.ByteStreamBlockingV2Stub;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The blobs of another process.
 *
 * <p>While that process is away, calls wait and try again for 20 s. Only an upload by {@link
 * #write} above 1 MiB cannot be repeated, because its bytes are gone; {@link #writeFrom} can.
 */
public final class RemoteBlobStore implements BlobStore {
  /** Up to here an upload is held in memory and sent in a batch, which can be repeated. */
  static final int SMALL_BLOB_BYTES = 1 << 20;

  private static final int CALL_SECONDS = 20;

  private final ContentAddressableStorageBlockingV2Stub cas;
  private final ByteStreamBlockingV2Stub byteStream;
  private final Retries retries;

  /** A store at the end of the channel, which stays the caller's. */
  public RemoteBlobStore(Channel channel) {
    this(channel, new Retries());
  }

  /** As {@link #RemoteBlobStore(Channel)}, but a call that fails is not repeated. */
  public static RemoteBlobStore trying(Channel channel) {
    return new RemoteBlobStore(channel, Retries.none());
  }

  RemoteBlobStore(Channel channel, Retries retries) {
    this.cas = ContentAddressableStorageGrpc.newBlockingV2Stub(channel);
    this.byteStream =
        ByteStreamGrpc.newBlockingV2Stub(channel)
            .withOnReadyThreshold(UploadStream.READY_THRESHOLD_BYTES);
    this.retries = retries;
  }

  private ContentAddressableStorageBlockingV2Stub cas() {
    return cas.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException {
    Set<Digest> missing = new HashSet<>();
    for (List<Digest> part : Batches.byCount(new LinkedHashSet<>(digests))) {
      var request =
          FindMissingBlobsRequest.newBuilder()
              .setInstanceName(scope.instance().value())
              .setDigestFunction(scope.function().toProto());
      part.forEach(digest -> request.addBlobDigests(digest.toProto()));
      var response =
          retries.call("FindMissingBlobs", () -> cas().findMissingBlobs(request.build()));
      response
          .getMissingBlobDigestsList()
          .forEach(proto -> missing.add(new Digest(proto.getHash(), proto.getSizeBytes())));
    }
    return missing;
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    long available = digest.sizeBytes() - offset;
    if (offset < 0 || available < 0 || limit < 0) {
      throw new IllegalArgumentException(
          "Offset %d and limit %d are not within blob %s".formatted(offset, limit, digest));
    }
    long length = limit == 0 ? available : Math.min(limit, available);
    if (length == 0) {
      return InputStream.nullInputStream();
    }
    if (length == digest.sizeBytes() && length <= CasLimits.CHUNK_BYTES) {
      ByteString blob = readAll(scope, List.of(digest)).get(digest);
      if (blob == null) {
        throw new BlobMissingException(digest);
      }
      return blob.newInput();
    }
    return RemoteInput.open(byteStream, retries, scope, digest, offset, length, true);
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    if (offset > 0 || digest.sizeBytes() <= CasLimits.CHUNK_BYTES) {
      return BlobStore.super.readZstd(scope, digest, offset, zstd);
    }
    ReadName name = new ReadName(scope.instance(), Compressor.ZSTD, scope.function(), digest);
    return RemoteFrames.open(byteStream, retries, name);
  }

  /**
   * As {@link #read}, from offset on at least one byte, but nobody compares the bytes with the
   * digest: for who hashes what comes from several stores.
   */
  public InputStream readUnverified(BlobScope scope, Digest digest, long offset, long length)
      throws IOException {
    return RemoteInput.open(byteStream, retries, scope, digest, offset, length, false);
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    Map<Digest, ByteString> blobs = new HashMap<>();
    readAll(scope, digests, Compressor.IDENTITY)
        .forEach((digest, blob) -> blobs.put(digest, blob.data()));
    return blobs;
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    return readAll(scope, digests, Compressor.ZSTD);
  }

  private Map<Digest, EncodedBlob> readAll(
      BlobScope scope, Collection<Digest> digests, Compressor acceptable) throws IOException {
    CasLimits.checkSmall(digests);
    Map<Digest, EncodedBlob> blobs = new HashMap<>();
    Set<Digest> wanted = new LinkedHashSet<>();
    for (Digest digest : digests) {
      if (digest.isEmpty()) {
        blobs.put(digest, new EncodedBlob(Compressor.IDENTITY, ByteString.EMPTY));
      } else {
        wanted.add(digest);
      }
    }
    for (List<Digest> part : Batches.bySize(wanted)) {
      var request =
          BatchReadBlobsRequest.newBuilder()
              .setInstanceName(scope.instance().value())
              .setDigestFunction(scope.function().toProto())
              .addAcceptableCompressors(acceptable.toProto());
      part.forEach(digest -> request.addDigests(digest.toProto()));
      retries.call(
          "BatchReadBlobs",
          () -> take(scope, new HashSet<>(part), cas().batchReadBlobs(request.build()), blobs));
    }
    return blobs;
  }

  private static boolean take(
      BlobScope scope,
      Set<Digest> wanted,
      BatchReadBlobsResponse batch,
      Map<Digest, EncodedBlob> blobs)
      throws StatusException, IOException {
    for (var response : batch.getResponsesList()) {
      Digest digest =
          new Digest(response.getDigest().getHash(), response.getDigest().getSizeBytes());
      if (response.getStatus().getCode() == Code.NOT_FOUND_VALUE) {
        continue;
      }
      throwIfFailed(response.getStatus());
      if (!wanted.contains(digest)) {
        throw new IOException("The store answered with blob %s, unasked".formatted(digest));
      }
      if (response.getCompressor() == Compressor.ZSTD.toProto()) {
        // The store compared the frames with its checksums, and who decodes them has the digest.
        blobs.put(digest, new EncodedBlob(Compressor.ZSTD, response.getData()));
        continue;
      }
      Digest actual = scope.function().digestOf(response.getData());
      if (!actual.equals(digest)) {
        throw new IOException(
            "The store answered for blob %s with bytes whose digest is %s"
                .formatted(digest, actual));
      }
      blobs.put(digest, new EncodedBlob(Compressor.IDENTITY, response.getData()));
    }
    return true;
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    writeAll(scope, blobs, Map.of());
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    CasLimits.checkSmall(blobs.keySet());
    Set<Digest> wanted = new LinkedHashSet<>();
    for (Map.Entry<Digest, ByteString> blob : blobs.entrySet()) {
      if (blob.getValue().size() != blob.getKey().sizeBytes()) {
        // Else the batch could be larger than it was counted.
        Digest actual = scope.function().digestOf(blob.getValue());
        throw DigestMismatchException.of(scope.function(), actual, blob.getKey());
      }
      if (!blob.getKey().isEmpty()) {
        wanted.add(blob.getKey());
      }
    }
    for (List<Digest> part : Batches.bySize(wanted)) {
      var batch =
          BatchUpdateBlobsRequest.newBuilder()
              .setInstanceName(scope.instance().value())
              .setDigestFunction(scope.function().toProto());
      for (Digest digest : part) {
        ByteString blob = Objects.requireNonNull(blobs.get(digest));
        ByteString frame = frames.get(digest);
        var one = batch.addRequestsBuilder().setDigest(digest.toProto());
        if (frame != null && frame.size() < blob.size()) {
          one.setData(frame).setCompressor(Compressor.ZSTD.toProto());
        } else {
          one.setData(blob);
        }
      }
      retries.call("BatchUpdateBlobs", () -> check(part, cas().batchUpdateBlobs(batch.build())));
    }
  }

  private static boolean check(List<Digest> sent, BatchUpdateBlobsResponse batch)
      throws StatusException, IOException {
    Set<Digest> unanswered = new HashSet<>(sent);
    for (var response : batch.getResponsesList()) {
      throwIfFailed(response.getStatus());
      unanswered.remove(
          new Digest(response.getDigest().getHash(), response.getDigest().getSizeBytes()));
    }
    if (!unanswered.isEmpty()) {
      throw new IOException(
          "The store did not answer for %d blobs of a batch, such as %s"
              .formatted(unanswered.size(), unanswered.iterator().next()));
    }
    return true;
  }

  private static void throwIfFailed(com.google.rpc.Status status) throws StatusException {
    if (status.getCode() != Code.OK_VALUE) {
      throw StatusProto.toStatusException(status);
    }
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) {
    return digest.sizeBytes() <= SMALL_BLOB_BYTES
        ? new BufferedUpload(this, scope, digest)
        : new StreamedUpload(
            UploadStream.named(byteStream, scope, Compressor.IDENTITY, digest), digest, true);
  }

  /** Large frames pass through as they are: it is the other process that decodes them. */
  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    return digest.sizeBytes() <= SMALL_BLOB_BYTES
        ? new BufferedFrames(this, scope, digest, zstd)
        : new StreamedUpload(
            UploadStream.named(byteStream, scope, Compressor.ZSTD, digest), digest, false);
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    if (digest.sizeBytes() <= SMALL_BLOB_BYTES) {
      BlobStore.super.writeFrom(scope, digest, source);
      return;
    }
    UploadStream stream = UploadStream.named(byteStream, scope, Compressor.IDENTITY, digest);
    Retries.Round round = retries.start("Write");
    long before = 0;
    while (true) {
      try (InputStream in = source.open()) {
        send(stream, digest, in);
        return;
      } catch (StatusException e) {
        if (stream.sentBytes() > before) {
          before = stream.sentBytes();
          round.succeeded();
        }
        round.pauseOrThrow(e.getStatus(), e);
      } catch (InterruptedException e) {
        throw Retries.interrupted("Write");
      } finally {
        stream.cancel();
      }
    }
  }

  private static void send(UploadStream stream, Digest digest, InputStream in)
      throws StatusException, InterruptedException, IOException {
    if (!stream.start()) {
      return;
    }
    in.skipNBytes(stream.sentBytes());
    while (stream.sentBytes() < digest.sizeBytes()) {
      int most = (int) Math.min(CasLimits.CHUNK_BYTES, digest.sizeBytes() - stream.sentBytes());
      byte[] chunk = in.readNBytes(most);
      if (chunk.length < most) {
        throw DigestMismatchException.tooShort(stream.sentBytes() + chunk.length, digest);
      }
      if (!stream.send(UnsafeByteOperations.unsafeWrap(chunk))) {
        return;
      }
    }
    if (in.read() >= 0) {
      throw DigestMismatchException.tooLong(digest);
    }
    stream.finish();
  }
}
