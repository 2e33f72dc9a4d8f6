package build.sparrow.benchmarks.storage;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageImplBase;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.bazel.remote.execution.v2.FindMissingBlobsResponse;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcServer;
import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves a hash map in memory as a CAS of small blobs that checks nothing: little more than what
 * the client and gRPC cost by themselves. A store can only pass it by a quicker look-up.
 *
 * <p>Argument: the port.
 */
public final class HashMapStoreMain extends ContentAddressableStorageImplBase {
  private final Map<Digest, ByteString> blobs = new ConcurrentHashMap<>();

  private HashMapStoreMain() {}

  public static void main(String[] arguments) throws Exception {
    Endpoint listen = Endpoint.loopback(Integer.parseInt(arguments[0]));
    try (GrpcServer _ =
        GrpcServer.builder(listen).addService(new HashMapStoreMain()).build().start()) {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static <T> void answer(StreamObserver<T> responses, T response) {
    responses.onNext(response);
    responses.onCompleted();
  }

  @Override
  public void findMissingBlobs(
      FindMissingBlobsRequest request, StreamObserver<FindMissingBlobsResponse> responses) {
    FindMissingBlobsResponse.Builder response = FindMissingBlobsResponse.newBuilder();
    for (Digest digest : request.getBlobDigestsList()) {
      if (!blobs.containsKey(digest)) {
        response.addMissingBlobDigests(digest);
      }
    }
    answer(responses, response.build());
  }

  @Override
  public void batchUpdateBlobs(
      BatchUpdateBlobsRequest batch, StreamObserver<BatchUpdateBlobsResponse> responses) {
    BatchUpdateBlobsResponse.Builder response = BatchUpdateBlobsResponse.newBuilder();
    for (BatchUpdateBlobsRequest.Request request : batch.getRequestsList()) {
      blobs.put(request.getDigest(), request.getData());
      response.addResponsesBuilder().setDigest(request.getDigest());
    }
    answer(responses, response.build());
  }

  @Override
  public void batchReadBlobs(
      BatchReadBlobsRequest batch, StreamObserver<BatchReadBlobsResponse> responses) {
    BatchReadBlobsResponse.Builder response = BatchReadBlobsResponse.newBuilder();
    for (Digest digest : batch.getDigestsList()) {
      response
          .addResponsesBuilder()
          .setDigest(digest)
          .setData(blobs.getOrDefault(digest, ByteString.EMPTY));
    }
    answer(responses, response.build());
  }
}
