package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.Compressor.Value;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.CasLimits;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.EncodedBlob;
import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Batches of small blobs: one limit for all of a batch, one status for each blob. */
final class BlobBatches {
  // Below, a frame saves less than it costs.
  private static final int MIN_COMPRESSED_BYTES = 256;

  private final BlobStore store;
  private final ZstdCodec zstd;

  BlobBatches(BlobStore store, ZstdCodec zstd) {
    this.store = store;
    this.zstd = zstd;
  }

  BatchUpdateBlobsResponse update(BatchUpdateBlobsRequest batch) throws IOException {
    InstanceName instance = InstanceName.parse(batch.getInstanceName());
    List<BatchUpdateBlobsRequest.Request> requests = batch.getRequestsList();
    if (requests.isEmpty()) {
      return BatchUpdateBlobsResponse.getDefaultInstance();
    }
    long sum = 0;
    for (var request : requests) {
      // A blob counts as what it will be, or else a batch of compressed ones would be unbounded.
      long size = Math.max(request.getData().size(), request.getDigest().getSizeBytes());
      sum = saturatedSum(sum, size);
    }
    checkSum(sum);
    DigestFunction function =
        DigestFunction.resolve(
            batch.getDigestFunction(), requests.getFirst().getDigest().getHash());
    BlobScope scope = new BlobScope(instance, function);

    List<@Nullable StatusRuntimeException> failures = new ArrayList<>(requests.size());
    Map<Digest, ByteString> blobs = LinkedHashMap.newLinkedHashMap(requests.size());
    Map<Digest, ByteString> frames = new HashMap<>();
    for (int i = 0; i < requests.size(); i++) {
      failures.add(null);
      try {
        Digest digest =
            Digest.parse(requests.get(i).getDigest(), function, "requests[" + i + "].digest");
        Compressor compressor =
            Compressor.parse(requests.get(i).getCompressor(), "requests[" + i + "].compressor");
        ByteString data = requests.get(i).getData();
        ByteString blob =
            switch (compressor) {
              case IDENTITY -> data;
              case ZSTD -> zstd.decompress(data, (int) digest.sizeBytes());
            };
        ByteString twin = blobs.putIfAbsent(digest, blob);
        if (twin == null && compressor == Compressor.ZSTD) {
          frames.put(digest, data);
        }
        if (twin != null && !twin.equals(blob)) {
          check(function, digest, blob);
        }
      } catch (StatusRuntimeException | MalformedZstdException | DigestMismatchException e) {
        failures.set(i, StoreStatus.of(e));
      }
    }
    Map<Digest, StatusRuntimeException> refused = store(scope, blobs, frames);

    BatchUpdateBlobsResponse.Builder response = BatchUpdateBlobsResponse.newBuilder();
    for (int i = 0; i < requests.size(); i++) {
      var proto = requests.get(i).getDigest();
      StatusRuntimeException failure = failures.get(i);
      if (failure == null && !refused.isEmpty()) {
        failure = refused.get(new Digest(proto.getHash(), proto.getSizeBytes()));
      }
      response.addResponses(
          BatchUpdateBlobsResponse.Response.newBuilder()
              .setDigest(proto)
              .setStatus(
                  failure == null ? Status.getDefaultInstance() : ReapiStatus.toProto(failure)));
    }
    return response.build();
  }

  /** Stores the blobs; what was not stored comes back with the reason. */
  private Map<Digest, StatusRuntimeException> store(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames) {
    Map<Digest, StatusRuntimeException> refused = new HashMap<>();
    try {
      store.writeAll(scope, blobs, frames);
      return refused;
    } catch (DigestMismatchException e) {
      // Rare, so only now are they told apart.
      blobs.forEach(
          (digest, blob) -> {
            try {
              check(scope.function(), digest, blob);
            } catch (DigestMismatchException mismatch) {
              refused.put(digest, StoreStatus.of(mismatch));
            }
          });
    } catch (IOException | RuntimeException e) {
      StatusRuntimeException status = StoreStatus.of(e);
      blobs.keySet().forEach(digest -> refused.put(digest, status));
      return refused;
    }
    Map<Digest, ByteString> good = new LinkedHashMap<>(blobs);
    good.keySet().removeAll(refused.keySet());
    try {
      store.writeAll(scope, good, frames);
    } catch (IOException | RuntimeException e) {
      StatusRuntimeException status = StoreStatus.of(e);
      good.keySet().forEach(digest -> refused.put(digest, status));
    }
    return refused;
  }

  private static void check(DigestFunction function, Digest announced, ByteString blob)
      throws DigestMismatchException {
    Digest actual = function.digestOf(blob);
    if (!actual.equals(announced)) {
      throw DigestMismatchException.of(function, actual, announced);
    }
  }

  BatchReadBlobsResponse read(BatchReadBlobsRequest batch) throws IOException {
    InstanceName instance = InstanceName.parse(batch.getInstanceName());
    if (batch.getDigestsCount() == 0) {
      return BatchReadBlobsResponse.getDefaultInstance();
    }
    DigestFunction function =
        DigestFunction.resolve(batch.getDigestFunction(), batch.getDigests(0).getHash());
    List<Digest> digests = Digest.parseAll(batch.getDigestsList(), function, "digests");
    long sum = 0;
    for (Digest digest : digests) {
      sum = saturatedSum(sum, digest.sizeBytes());
    }
    checkSum(sum);
    boolean compress = batch.getAcceptableCompressorsList().contains(Value.ZSTD);
    Map<Digest, EncodedBlob> blobs = readAll(new BlobScope(instance, function), digests, compress);
    BatchReadBlobsResponse.Builder response = BatchReadBlobsResponse.newBuilder();
    for (int i = 0; i < digests.size(); i++) {
      Digest digest = digests.get(i);
      var answer = BatchReadBlobsResponse.Response.newBuilder().setDigest(batch.getDigests(i));
      EncodedBlob blob = blobs.get(digest);
      if (blob == null) {
        answer.setStatus(
            ReapiStatus.toProto(ReapiStatus.notFound("Blob " + digest + " is not in the store")));
      } else {
        answer.setData(blob.data()).setCompressor(blob.compressor().toProto());
      }
      response.addResponses(answer);
    }
    return response.build();
  }

  private Map<Digest, EncodedBlob> readAll(BlobScope scope, List<Digest> digests, boolean compress)
      throws IOException {
    Map<Digest, EncodedBlob> blobs =
        compress ? store.readAllEncoded(scope, digests) : plain(store.readAll(scope, digests));
    if (compress) {
      blobs.replaceAll((_, blob) -> compressed(blob));
    }
    return blobs;
  }

  private static Map<Digest, EncodedBlob> plain(Map<Digest, ByteString> blobs) {
    Map<Digest, EncodedBlob> plain = HashMap.newHashMap(blobs.size());
    blobs.forEach((digest, blob) -> plain.put(digest, new EncodedBlob(Compressor.IDENTITY, blob)));
    return plain;
  }

  private EncodedBlob compressed(EncodedBlob blob) {
    if (blob.compressor() != Compressor.IDENTITY || blob.data().size() < MIN_COMPRESSED_BYTES) {
      return blob;
    }
    ByteString frame = zstd.compress(blob.data());
    return frame.size() < blob.data().size() ? new EncodedBlob(Compressor.ZSTD, frame) : blob;
  }

  private static long saturatedSum(long sum, long size) {
    // A negative size is refused where its digest is parsed.
    return size > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + Math.max(0, size);
  }

  private static void checkSum(long sumBytes) {
    if (sumBytes > CasLimits.MAX_BATCH_BYTES) {
      throw ReapiStatus.invalidArgument(
          "The blobs of the batch have %d bytes together, at most %d are allowed (max_batch_total_size_bytes); split the batch, or use ByteStream"
              .formatted(sumBytes, CasLimits.MAX_BATCH_BYTES));
    }
  }
}
