package build.sparrow.operator.link;

import build.sparrow.farm.v1.FarmGrpc;
import build.sparrow.farm.v1.InspectResponse;
import build.sparrow.farm.v1.WatchRequest;
import build.sparrow.service.Endpoint;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One frontend: its channel, and a watch that is begun again whenever it ends. */
final class FrontendLine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FrontendLine.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Endpoint frontend;
  private final ManagedChannel channel;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final Runnable listener;
  private volatile @Nullable Answer newest;
  private volatile boolean closed;

  private record Answer(InspectResponse response, long atNanos) {}

  /**
   * A line to be opened.
   *
   * @param channel closed with the line
   * @param listener called after each answer
   */
  FrontendLine(
      Endpoint frontend,
      ManagedChannel channel,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      Runnable listener) {
    this.frontend = frontend;
    this.channel = channel;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  void open() {
    FarmGrpc.newStub(channel).watch(WatchRequest.getDefaultInstance(), new Watch());
  }

  ManagedChannel channel() {
    return channel;
  }

  /** What it said last, if that is not longer ago. */
  Optional<InspectResponse> newest(Duration age) {
    Answer answer = newest;
    return answer == null || nanoTime.getAsLong() - answer.atNanos() > age.toNanos()
        ? Optional.empty()
        : Optional.of(answer.response());
  }

  @Override
  public void close() {
    closed = true;
    channel.shutdownNow();
  }

  private final class Watch implements StreamObserver<InspectResponse> {
    @Override
    public void onNext(InspectResponse response) {
      newest = new Answer(response, nanoTime.getAsLong());
      listener.run();
    }

    @Override
    public void onError(Throwable failure) {
      if (!closed) {
        log.atInfo()
            .addKeyValue("frontend", frontend)
            .addKeyValue("reason", Status.fromThrowable(failure))
            .log("The watch of a frontend has ended, beginning another");
        again();
      }
    }

    @Override
    public void onCompleted() {
      again();
    }

    private void again() {
      if (!closed && !timer.isShutdown()) {
        var _ = timer.schedule(FrontendLine.this::open, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }
}
