package build.sparrow.benchmarks.storage;

import build.bazel.remote.execution.v2.BatchReadBlobsRequest;
import build.bazel.remote.execution.v2.BatchReadBlobsResponse;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.BatchUpdateBlobsResponse;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc.ContentAddressableStorageBlockingStub;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.FindMissingBlobsRequest;
import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.bytestream.ByteStreamGrpc;
import com.google.bytestream.ReadRequest;
import com.google.bytestream.ReadResponse;
import com.google.bytestream.WriteRequest;
import com.google.bytestream.WriteResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Drives any store of the Remote Execution API and prints what it reached, a line {@code
 * PREFIX_name=number} each: small blobs in batches up and down, one large blob up and down, plain
 * and as zstd if the store takes that, and look-ups of which half are present. One call at a time;
 * the client shares the processors.
 *
 * <p>Arguments: the store's endpoint, the prefix, how many small blobs, how many MiB the large one
 * has; with 0 there is no large one.
 */
public final class StorageLoadMain {
  private static final int SMALL_BYTES = 4096;
  // Below the limit of four MiB a message, with the digests.
  private static final int SMALL_PER_BATCH = 900;
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int DIGESTS_PER_CALL = 10_000;
  private static final int FIND_PASSES = 5;
  private static final DigestFunction FUNCTION = DigestFunction.SHA256;

  private final Channel channel;
  private final ContentAddressableStorageBlockingStub cas;
  private final String prefix;
  private final Random random = new Random();

  private StorageLoadMain(Channel channel, String prefix) {
    this.channel = channel;
    this.cas = ContentAddressableStorageGrpc.newBlockingStub(channel);
    this.prefix = prefix;
  }

  public static void main(String[] arguments) throws Exception {
    int smallCount = Integer.parseInt(arguments[2]);
    int largeMebibytes = Integer.parseInt(arguments[3]);
    ManagedChannel channel = GrpcChannels.connect(Endpoint.parse(arguments[0]));
    try {
      StorageLoadMain load = new StorageLoadMain(channel, arguments[1]);
      // As much as is measured: a store that has run for a minute is what a farm has.
      load.small("warm_up", smallCount);
      load.small("small", smallCount);
      if (largeMebibytes > 0) {
        load.large("warm_up", largeMebibytes / 8);
        load.large("large", largeMebibytes);
        if (load.takesZstd(largeMebibytes / 8)) {
          load.largeZstd("large_zstd", largeMebibytes / 2);
        }
      }
    } finally {
      channel.shutdownNow();
    }
  }

  /** Warms up on the way. */
  private boolean takesZstd(int mebibytes) throws Exception {
    try {
      largeZstd("warm_up_zstd", mebibytes);
      return true;
    } catch (ExecutionException e) {
      System.err.println("The store takes no zstd: " + e.getCause());
      return false;
    }
  }

  private void print(String name, double value) {
    System.out.printf(Locale.ROOT, "%s_%s=%.1f%n", prefix, name, value);
  }

  private void small(String name, int count) {
    List<Map<Digest, ByteString>> batches = new ArrayList<>();
    for (int made = 0; made < count; made += SMALL_PER_BATCH) {
      Map<Digest, ByteString> batch = new HashMap<>();
      for (int i = 0; i < Math.min(SMALL_PER_BATCH, count - made); i++) {
        byte[] bytes = new byte[SMALL_BYTES];
        random.nextBytes(bytes);
        ByteString blob = UnsafeByteOperations.unsafeWrap(bytes);
        batch.put(FUNCTION.digestOf(blob).toProto(), blob);
      }
      batches.add(batch);
    }
    long start = System.nanoTime();
    batches.forEach(this::update);
    print(name + "_up_per_second", count * 1e9 / (System.nanoTime() - start));
    start = System.nanoTime();
    batches.forEach(batch -> read(List.copyOf(batch.keySet())));
    print(name + "_down_per_second", count * 1e9 / (System.nanoTime() - start));
    findMissing(name, batches.stream().flatMap(batch -> batch.keySet().stream()).toList());
  }

  private void update(Map<Digest, ByteString> batch) {
    BatchUpdateBlobsRequest.Builder request = BatchUpdateBlobsRequest.newBuilder();
    batch.forEach((digest, blob) -> request.addRequestsBuilder().setDigest(digest).setData(blob));
    for (BatchUpdateBlobsResponse.Response response :
        cas.batchUpdateBlobs(request.build()).getResponsesList()) {
      check(response.getStatus());
    }
  }

  private void read(List<Digest> digests) {
    BatchReadBlobsRequest request =
        BatchReadBlobsRequest.newBuilder().addAllDigests(digests).build();
    for (BatchReadBlobsResponse.Response response :
        cas.batchReadBlobs(request).getResponsesList()) {
      check(response.getStatus());
      if (response.getData().size() != response.getDigest().getSizeBytes()) {
        throw new IllegalStateException("The store sent a blob of another size");
      }
    }
  }

  private static void check(com.google.rpc.Status status) {
    if (status.getCode() != Status.Code.OK.value()) {
      throw new IllegalStateException("The store refused: " + status);
    }
  }

  /** Asks five times for what is held, and for as many that nobody has. */
  private void findMissing(String name, List<Digest> held) {
    List<Digest> digests = new ArrayList<>(held);
    for (int i = 0; i < held.size(); i++) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      digests.add(FUNCTION.digestOf(bytes).toProto().toBuilder().setSizeBytes(SMALL_BYTES).build());
    }
    long start = System.nanoTime();
    int missing = 0;
    for (int pass = 0; pass < FIND_PASSES; pass++) {
      for (int from = 0; from < digests.size(); from += DIGESTS_PER_CALL) {
        FindMissingBlobsRequest request =
            FindMissingBlobsRequest.newBuilder()
                .addAllBlobDigests(
                    digests.subList(from, Math.min(from + DIGESTS_PER_CALL, digests.size())))
                .build();
        missing += cas.findMissingBlobs(request).getMissingBlobDigestsCount();
      }
    }
    print(
        name + "_found_per_second",
        FIND_PASSES * digests.size() * 1e9 / (System.nanoTime() - start));
    if (missing != FIND_PASSES * held.size()) {
      throw new IllegalStateException(
          missing + " are missing in " + FIND_PASSES + " passes, not each time " + held.size());
    }
  }

  private void large(String name, int mebibytes) throws Exception {
    byte[] bytes = new byte[mebibytes << 20];
    random.nextBytes(bytes);
    ByteString blob = UnsafeByteOperations.unsafeWrap(bytes);
    build.sparrow.reapi.Digest digest = FUNCTION.digestOf(blob);
    long start = System.nanoTime();
    upload("blobs/" + digest, blob);
    print(name + "_up_mebibytes_per_second", mebibytes * 1e9 / (System.nanoTime() - start));
    start = System.nanoTime();
    long taken = download("blobs/" + digest);
    print(name + "_down_mebibytes_per_second", mebibytes * 1e9 / (System.nanoTime() - start));
    if (taken != digest.sizeBytes()) {
      throw new IllegalStateException("The store sent " + taken + " bytes of " + digest);
    }
  }

  /** Up and down as zstd, of what has half as many bytes in it; counted in bytes of the blob. */
  private void largeZstd(String name, int mebibytes) throws Exception {
    byte[] bytes = new byte[mebibytes << 20];
    random.nextBytes(bytes);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= 15;
    }
    ByteString blob = UnsafeByteOperations.unsafeWrap(bytes);
    String resource = "compressed-blobs/zstd/" + FUNCTION.digestOf(blob);
    ByteString frames = zstd(blob);
    long start = System.nanoTime();
    upload(resource, frames);
    print(name + "_up_mebibytes_per_second", mebibytes * 1e9 / (System.nanoTime() - start));
    start = System.nanoTime();
    long taken = download(resource);
    print(name + "_down_mebibytes_per_second", mebibytes * 1e9 / (System.nanoTime() - start));
    if (taken > 3L * blob.size() / 4) {
      throw new IllegalStateException("The store sent " + taken + " bytes for " + resource);
    }
  }

  private static ByteString zstd(ByteString blob) throws IOException {
    try (InputStream frame = new ZstdCodec().compressing(blob.newInput(), blob.size())) {
      return ByteString.readFrom(frame);
    }
  }

  private void upload(String named, ByteString blob) throws Exception {
    String resource = "uploads/%s/%s".formatted(UUID.randomUUID(), named);
    CompletableFuture<Long> committed = new CompletableFuture<>();
    ByteStreamGrpc.newStub(channel)
        .write(
            new ClientResponseObserver<WriteRequest, WriteResponse>() {
              private int position;

              @Override
              public void beforeStart(ClientCallStreamObserver<WriteRequest> requests) {
                requests.setOnReadyHandler(() -> send(requests));
              }

              private void send(ClientCallStreamObserver<WriteRequest> requests) {
                while (requests.isReady() && position < blob.size()) {
                  int end = Math.min(position + CHUNK_BYTES, blob.size());
                  requests.onNext(
                      WriteRequest.newBuilder()
                          .setResourceName(position == 0 ? resource : "")
                          .setWriteOffset(position)
                          .setData(blob.substring(position, end))
                          .setFinishWrite(end == blob.size())
                          .build());
                  position = end;
                  if (end == blob.size()) {
                    requests.onCompleted();
                  }
                }
              }

              @Override
              public void onNext(WriteResponse response) {
                committed.complete(response.getCommittedSize());
              }

              @Override
              public void onError(Throwable failure) {
                committed.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            });
    if (committed.get() != blob.size()) {
      throw new IllegalStateException("The store took another size than that of " + named);
    }
  }

  private long download(String resource) {
    ReadRequest request = ReadRequest.newBuilder().setResourceName(resource).build();
    long taken = 0;
    Iterator<ReadResponse> parts = ByteStreamGrpc.newBlockingStub(channel).read(request);
    while (parts.hasNext()) {
      taken += parts.next().getData().size();
    }
    return taken;
  }
}
