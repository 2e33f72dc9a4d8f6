package build.sparrow.benchmarks;

import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutedActionMetadata;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import com.google.longrunning.Operation;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sends no-op actions to a running farm and prints two measurements: how many a second it finishes
 * with many in flight, and, one at a time, the median of what it adds to the process's own time
 * (client's wait for the result minus execution start to completion).
 *
 * <p>Arguments: the farm's endpoint, and how many actions to time.
 */
public final class NoopLoadMain {
  private static final int IN_FLIGHT = 32;
  private static final int ONE_BY_ONE = 500;

  private final Channel farm;

  private NoopLoadMain(Channel farm) {
    this.farm = farm;
  }

  public static void main(String[] arguments) throws Exception {
    Endpoint endpoint = Endpoint.parse(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    ManagedChannel channel = GrpcChannels.connect(endpoint);
    try {
      NoopLoadMain load = new NoopLoadMain(channel);
      NoopActions actions = new NoopActions(channel, UUID.randomUUID().toString());
      load.manyInFlight(actions.upload("warm-up", count));
      double perSecond = load.manyInFlight(actions.upload("measured", count));
      double overheadMillis = load.medianOverheadMillis(actions.upload("single", ONE_BY_ONE));
      System.out.printf(Locale.ROOT, "%s=%.1f%n", Figure.NOOP_ACTIONS_PER_SECOND.key(), perSecond);
      System.out.printf(Locale.ROOT, "%s=%.2f%n", Figure.OVERHEAD_MILLIS.key(), overheadMillis);
    } finally {
      channel.shutdownNow();
    }
  }

  private double manyInFlight(List<Digest> actions) throws Exception {
    try (ExecutorService callers = Executors.newFixedThreadPool(IN_FLIGHT)) {
      long start = System.nanoTime();
      List<Future<ExecuteResponse>> answers = new ArrayList<>();
      for (Digest action : actions) {
        answers.add(callers.submit(() -> execute(action)));
      }
      for (Future<ExecuteResponse> answer : answers) {
        answer.get();
      }
      return actions.size() * 1e9 / (System.nanoTime() - start);
    }
  }

  private double medianOverheadMillis(List<Digest> actions) throws Exception {
    double[] overheads = new double[actions.size()];
    for (int i = 0; i < overheads.length; i++) {
      long start = System.nanoTime();
      ExecuteResponse response = execute(actions.get(i));
      long waited = System.nanoTime() - start;
      overheads[i] = (waited - processNanos(response)) / 1e6;
    }
    Arrays.sort(overheads);
    return overheads[overheads.length / 2];
  }

  private static long processNanos(ExecuteResponse response) {
    ExecutedActionMetadata times = response.getResult().getExecutionMetadata();
    return Timestamps.toNanos(times.getExecutionCompletedTimestamp())
        - Timestamps.toNanos(times.getExecutionStartTimestamp());
  }

  /** Executes one action to its end; fails unless it really ran and succeeded. */
  private ExecuteResponse execute(Digest action) throws InvalidProtocolBufferException {
    Iterator<Operation> updates =
        ExecutionGrpc.newBlockingStub(farm)
            .execute(ExecuteRequest.newBuilder().setActionDigest(action).build());
    Operation last = Operation.getDefaultInstance();
    while (updates.hasNext()) {
      last = updates.next();
    }
    ExecuteResponse response = last.getResponse().unpack(ExecuteResponse.class);
    if (response.getStatus().getCode() != 0
        || response.getResult().getExitCode() != 0
        || response.getCachedResult()) {
      throw new IllegalStateException("The farm did not run the action: " + response);
    }
    return response;
  }
}
