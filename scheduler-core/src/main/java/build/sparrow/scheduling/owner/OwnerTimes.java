package build.sparrow.scheduling.owner;

import java.time.Duration;

/**
 * How long an owner waits for what.
 *
 * @param settle from the first event on nothing is offered, so that executors can announce what a
 *     former owner started
 * @param reconnect an executor whose stream broke may return with its attempts
 * @param silence an executor with an open stream from which nothing comes is lost
 * @param cancelledGrace an operation whose last watcher hung up lives on
 * @param lostGrace an operation whose last watcher lost its connection lives on
 * @param heldGrace an operation announced by an executor waits for its first watcher
 * @param takeover an action that another frontend may have begun, which is gone, is not offered, so
 *     that executors can announce it; longer than executors wait for that frontend
 * @param acknowledgement an executor learns at the latest after it that it may forget a result
 * @param retention a finished operation can still be asked for
 */
public record OwnerTimes(
    Duration settle,
    Duration reconnect,
    Duration silence,
    Duration cancelledGrace,
    Duration lostGrace,
    Duration heldGrace,
    Duration takeover,
    Duration acknowledgement,
    Duration retention) {
  public static final OwnerTimes DEFAULT =
      new OwnerTimes(
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(8),
          Duration.ofMillis(250),
          Duration.ofSeconds(15),
          Duration.ofSeconds(15),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  /** These, but for how long a finished operation can be asked for. */
  public OwnerTimes withRetention(Duration other) {
    return new OwnerTimes(
        settle,
        reconnect,
        silence,
        cancelledGrace,
        lostGrace,
        heldGrace,
        takeover,
        acknowledgement,
        other);
  }
}
