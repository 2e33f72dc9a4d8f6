package build.sparrow.cas.replica.client;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.StoreException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.replica.call.ReplicaCall;
import build.sparrow.cas.replica.call.ReplicaEffect;
import build.sparrow.cas.replica.call.ReplicaEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has one call's effects done, each on a thread of its own, and tells it how they ended. */
final class Conversation {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  private final Shards shards;
  private final Doer doer;
  private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
  private @Nullable IOException failure;

  /** Does effects. */
  @FunctionalInterface
  interface Doer {
    /** Does it and says what came of it. */
    ReplicaEvent does(ReplicaEffect effect) throws IOException;
  }

  /** How an effect ended: by an event, maybe for a failure, or with one that no shard can mend. */
  private record Outcome(ReplicaEvent event, @Nullable IOException failure, boolean isFinal) {}

  private Conversation(Shards shards, Doer doer) {
    this.shards = shards;
    this.doer = doer;
  }

  /**
   * Returns when the call is over; what it started may still go on.
   *
   * @param patience after which a shard is late
   * @return the most telling failure that it met, null if all went well
   * @throws StoreException if what was asked for is wrong, whichever shard is asked
   */
  static @Nullable IOException hold(ReplicaCall call, Shards shards, Duration patience, Doer doer)
      throws IOException {
    return new Conversation(shards, doer).hold(call, patience);
  }

  private @Nullable IOException hold(ReplicaCall call, Duration patience) throws IOException {
    start(call.begin());
    try {
      while (!call.isOver()) {
        Outcome outcome = outcomes.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (outcome == null) {
          start(call.on(new ReplicaEvent.Late()));
          continue;
        }
        if (outcome.failure() != null) {
          note(outcome.failure(), outcome.isFinal());
        }
        start(call.on(outcome.event()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while shards were asked");
    }
    return failure;
  }

  private void note(IOException seen, boolean isFinal) throws IOException {
    if (isFinal) {
      throw seen;
    }
    // That one is full tells more than that another one is away.
    if (failure == null || seen instanceof StoreFullException) {
      failure = seen;
    }
  }

  private void start(List<ReplicaEffect> effects) {
    for (ReplicaEffect effect : effects) {
      Thread.ofVirtual().name("shard-call").start(() -> outcomes.add(outcome(effect)));
    }
  }

  private Outcome outcome(ReplicaEffect effect) {
    try {
      return new Outcome(doer.does(effect), null, false);
    } catch (StoreException e) {
      boolean isFinal =
          switch (e) {
            case DigestMismatchException _,
                BlobTooLargeException _,
                InvalidActionResultException _ ->
                true;
            case StoreUnavailableException _ -> {
              shards.suspect(effect.shard());
              yield false;
            }
            case StoreFullException _, BlobMissingException _ -> false;
          };
      return new Outcome(new ReplicaEvent.Failed(effect), e, isFinal);
    } catch (IOException e) {
      return new Outcome(new ReplicaEvent.Failed(effect), e, false);
    } catch (RuntimeException e) {
      log.atError().addKeyValue("shard", effect.shard()).setCause(e).log("A call to a shard broke");
      return new Outcome(new ReplicaEvent.Failed(effect), new IOException(e), false);
    }
  }
}
