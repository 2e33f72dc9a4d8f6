package build.sparrow.scheduling.executor;

import java.time.Duration;

/**
 * How long an executor waits for what.
 *
 * @param heartbeat between two Progress messages to a frontend
 * @param pullReply a frontend that does not answer a Pull by then is passed over
 * @param resultRetention a result that nobody acknowledged is kept
 * @param takeover when a frontend is away for so long, another one is told what it began
 * @param orphanRetention attempts of a frontend that is gone from the farm run on, in case it is
 *     back
 */
public record ExecutorTimes(
    Duration heartbeat,
    Duration pullReply,
    Duration resultRetention,
    Duration takeover,
    Duration orphanRetention) {
  public static final ExecutorTimes DEFAULT =
      new ExecutorTimes(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(15));
}
