package build.sparrow.cli;

import build.sparrow.farm.v1.ExecutorStatus;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.List;

/** Tells when the executors of a farm are at the disposal of its frontends. */
final class Connections {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Connections() {}

  /**
   * Returns once every frontend has so many executors, or the farm shall stop.
   *
   * @throws CommandFailure if that takes more than 30 s
   */
  static void await(List<Endpoint> frontends, int executors, StopSignal stop)
      throws CommandFailure, InterruptedException {
    long start = System.nanoTime();
    for (Endpoint frontend : frontends) {
      try (FarmClient client = new FarmClient(frontend)) {
        long ready = 0;
        while (ready < executors && !stop.hasCome()) {
          ready =
              client.inspect().getExecutorsList().stream()
                  .filter(executor -> executor.getState() == ExecutorStatus.State.READY)
                  .count();
          if (ready < executors && System.nanoTime() - start > LIMIT.toNanos()) {
            throw new CommandFailure(
                "Only %d of %d executors have connected to %s within %d s; see what they log with"
                        .formatted(ready, executors, frontend.uri(), LIMIT.toSeconds())
                    + " --verbose");
          }
          if (ready < executors) {
            Thread.sleep(PAUSE);
          }
        }
      }
    }
  }
}
