package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageImplBase;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.bazel.remote.execution.v2.FindMissingBlobsResponse;
import build.bazel.remote.execution.v2.GetTreeRequest;
import build.bazel.remote.execution.v2.GetTreeResponse;
import build.bazel.remote.execution.v2.SpliceBlobRequest;
import build.bazel.remote.execution.v2.SpliceBlobResponse;
import build.bazel.remote.execution.v2.SplitBlobRequest;
import build.bazel.remote.execution.v2.SplitBlobResponse;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.StreamGate;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;

/** Serves a blob store as the CAS of the Remote Execution API. */
public final class ContentAddressableStorageService extends ContentAddressableStorageImplBase {
  private final BlobStore store;
  private final BlobBatches batches;
  private final BlobSplits splits;

  public ContentAddressableStorageService(BlobStore store) {
    this.store = store;
    this.batches = new BlobBatches(store, new ZstdCodec());
    this.splits = new BlobSplits(store);
  }

  @Override
  public void findMissingBlobs(
      FindMissingBlobsRequest request, StreamObserver<FindMissingBlobsResponse> responses) {
    StoreStatus.answer(responses, () -> findMissing(request));
  }

  private FindMissingBlobsResponse findMissing(FindMissingBlobsRequest request) throws IOException {
    InstanceName instance = InstanceName.parse(request.getInstanceName());
    if (request.getBlobDigestsCount() == 0) {
      return FindMissingBlobsResponse.getDefaultInstance();
    }
    DigestFunction function =
        DigestFunction.resolve(request.getDigestFunction(), request.getBlobDigests(0).getHash());
    List<Digest> digests = Digest.parseAll(request.getBlobDigestsList(), function, "blob_digests");
    FindMissingBlobsResponse.Builder response = FindMissingBlobsResponse.newBuilder();
    for (Digest missing : store.findMissing(new BlobScope(instance, function), digests)) {
      response.addMissingBlobDigests(missing.toProto());
    }
    return response.build();
  }

  @Override
  public void batchUpdateBlobs(
      BatchUpdateBlobsRequest request, StreamObserver<BatchUpdateBlobsResponse> responses) {
    StoreStatus.answer(responses, () -> batches.update(request));
  }

  @Override
  public void batchReadBlobs(
      BatchReadBlobsRequest request, StreamObserver<BatchReadBlobsResponse> responses) {
    StoreStatus.answer(responses, () -> batches.read(request));
  }

  @Override
  public void getTree(GetTreeRequest request, StreamObserver<GetTreeResponse> responses) {
    DirectoryTree tree;
    try {
      tree = DirectoryTree.parse(store, request);
    } catch (RuntimeException e) {
      responses.onError(StoreStatus.of(e));
      return;
    }
    StreamGate.stream(
        responses,
        gate -> {
          try {
            tree.send(gate::send);
          } catch (IOException e) {
            throw StoreStatus.of(e);
          }
        });
  }

  @Override
  public void splitBlob(SplitBlobRequest request, StreamObserver<SplitBlobResponse> responses) {
    StoreStatus.answer(responses, () -> splits.split(request));
  }

  @Override
  public void spliceBlob(SpliceBlobRequest request, StreamObserver<SpliceBlobResponse> responses) {
    StoreStatus.answer(responses, () -> splits.splice(request));
  }
}
