package build.sparrow.cas.tier;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the tier does, and what was done with it since the process was started. */
final class TierHealth {
  private static final Logger log = LoggerFactory.getLogger(TierHealth.class);

  /** Of what a service answers, which stands in a table. */
  private static final int MAX_FAILURE_CHARS = 200;

  private final Breaker breaker;
  private volatile String lastFailure = "";

  final LongAdder uploadedBlobs = new LongAdder();
  final LongAdder uploadedBytes = new LongAdder();

  /**
   * Will not be put into the tier: there was no room in the queue, they were gone too soon, or the
   * tier does not take them.
   */
  final LongAdder droppedBlobs = new LongAdder();

  final LongAdder restoredBlobs = new LongAdder();
  final LongAdder restoredBytes = new LongAdder();

  /** Were not what their names say. */
  final LongAdder corruptBlobs = new LongAdder();

  final LongAdder failures = new LongAdder();

  TierHealth(LongSupplier nanoTime) {
    this.breaker = new Breaker(nanoTime);
  }

  /** Whether the tier may be asked now. */
  boolean allows() {
    return breaker.allows();
  }

  /** Whether it is used; else it failed and is tried now and then. */
  boolean isAvailable() {
    return breaker.isAvailable();
  }

  /** What went wrong last; empty if nothing did. */
  String lastFailure() {
    return lastFailure;
  }

  /** It did what it was asked for. */
  void succeeded() {
    if (!breaker.isAvailable()) {
      log.info("The tier answers again");
    }
    breaker.succeeded();
  }

  /** It did not. */
  void failed(TierException failure) {
    failures.increment();
    String message = String.valueOf(failure.getMessage());
    lastFailure = message.substring(0, Math.min(message.length(), MAX_FAILURE_CHARS));
    if (breaker.failed()) {
      log.atWarn()
          .addKeyValue("failure", lastFailure)
          .log("The tier fails; going on as if there were none, and trying it now and then");
    }
  }
}
