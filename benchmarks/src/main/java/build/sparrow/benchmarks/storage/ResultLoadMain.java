package build.sparrow.benchmarks.storage;

import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.BatchUpdateBlobsRequest;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.GetActionResultRequest;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.UpdateActionResultRequest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks a store for cached action results, many at a time, and prints how many it answered a second,
 * as a line {@code cached_results_per_second=number}. Each result has two outputs and its standard
 * error, all of which the store must hold to answer. The client shares the processors.
 *
 * <p>Arguments: the store's endpoint, how many results there are, how many are asked for in all.
 */
public final class ResultLoadMain {
  private static final int AT_ONCE = 64;
  private static final int BLOBS_PER_BATCH = 3_000;
  private static final DigestFunction FUNCTION = DigestFunction.SHA256;

  private final Channel channel;
  private final int resultCount;

  private ResultLoadMain(Channel channel, int resultCount) {
    this.channel = channel;
    this.resultCount = resultCount;
  }

  public static void main(String[] arguments) throws Exception {
    int resultCount = Integer.parseInt(arguments[1]);
    int askedCount = Integer.parseInt(arguments[2]);
    ManagedChannel channel = GrpcChannels.connect(Endpoint.parse(arguments[0]));
    try {
      ResultLoadMain load = new ResultLoadMain(channel, resultCount);
      load.fill();
      load.ask(askedCount / 2);
      System.out.printf(Locale.ROOT, "cached_results_per_second=%.1f%n", load.ask(askedCount));
    } finally {
      channel.shutdownNow();
    }
  }

  private static ByteString blob(int result, String what) {
    return ByteString.copyFromUtf8("%s of result %d".formatted(what, result));
  }

  private static Digest digestOf(ByteString blob) {
    return FUNCTION.digestOf(blob).toProto();
  }

  private static Digest action(int result) {
    return digestOf(blob(result, "action"));
  }

  private void fill() {
    var cas = ContentAddressableStorageGrpc.newBlockingStub(channel);
    var cache = ActionCacheGrpc.newBlockingStub(channel);
    BatchUpdateBlobsRequest.Builder batch = BatchUpdateBlobsRequest.newBuilder();
    for (int i = 0; i < resultCount; i++) {
      for (String output : new String[] {"object", "dependencies", "warnings"}) {
        ByteString blob = blob(i, output);
        batch.addRequestsBuilder().setDigest(digestOf(blob)).setData(blob);
      }
      if (batch.getRequestsCount() >= BLOBS_PER_BATCH || i == resultCount - 1) {
        cas.batchUpdateBlobs(batch.build());
        batch.clear();
      }
    }
    for (int i = 0; i < resultCount; i++) {
      cache.updateActionResult(
          UpdateActionResultRequest.newBuilder()
              .setActionDigest(action(i))
              .setActionResult(result(i))
              .build());
    }
  }

  private static ActionResult result(int i) {
    return ActionResult.newBuilder()
        .addOutputFiles(output(i, "object"))
        .addOutputFiles(output(i, "dependencies"))
        .setStderrDigest(digestOf(blob(i, "warnings")))
        .build();
  }

  private static OutputFile output(int result, String what) {
    return OutputFile.newBuilder()
        .setPath("out/%s-%d".formatted(what, result))
        .setDigest(digestOf(blob(result, what)))
        .build();
  }

  /** Asks so often, for one result after the other; returns how many were answered a second. */
  private double ask(int count) throws InterruptedException {
    GetActionResultRequest[] requests = new GetActionResultRequest[resultCount];
    for (int i = 0; i < resultCount; i++) {
      requests[i] = GetActionResultRequest.newBuilder().setActionDigest(action(i)).build();
    }
    Questions questions = new Questions(requests, count);
    long start = System.nanoTime();
    for (int i = 0; i < AT_ONCE; i++) {
      questions.next();
    }
    questions.await();
    return count * 1e9 / (System.nanoTime() - start);
  }

  /** Asks the next question when one was answered. */
  private final class Questions implements StreamObserver<ActionResult> {
    private final ActionCacheGrpc.ActionCacheStub cache = ActionCacheGrpc.newStub(channel);
    private final GetActionResultRequest[] requests;
    private final int count;
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch open = new CountDownLatch(AT_ONCE);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Questions(GetActionResultRequest[] requests, int count) {
      this.requests = requests;
      this.count = count;
    }

    void next() {
      int number = asked.getAndIncrement();
      if (number < count && failure.get() == null) {
        cache.getActionResult(requests[number % requests.length], this);
      } else {
        open.countDown();
      }
    }

    @Override
    public void onNext(ActionResult result) {
      if (result.getOutputFilesCount() != 2) {
        failure.set(new IllegalStateException("The store answered with another result"));
      }
    }

    @Override
    public void onError(Throwable cause) {
      failure.set(cause);
      open.countDown();
    }

    @Override
    public void onCompleted() {
      next();
    }

    void await() throws InterruptedException {
      open.await();
      if (failure.get() != null) {
        throw new IllegalStateException("The store did not answer", failure.get());
      }
    }
  }
}
