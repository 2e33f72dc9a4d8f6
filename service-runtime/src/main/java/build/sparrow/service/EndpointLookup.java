package build.sparrow.service;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks endpoints up again and again, and tells of each change. While they cannot be looked up, the
 * last known ones count.
 */
public final class EndpointLookup implements AutoCloseable {
  /** Between two look-ups; a new process is known within about that. */
  public static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(EndpointLookup.class);

  private final EndpointDirectory directory;
  private final Duration pause;
  private final Consumer<Set<Endpoint>> listener;
  private final Thread thread;
  private Set<Endpoint> known = Set.of();
  private @Nullable String lastFailure;
  private volatile boolean closed;

  private EndpointLookup(
      EndpointDirectory directory, Duration pause, Consumer<Set<Endpoint>> listener) {
    this.directory = directory;
    this.pause = pause;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("endpoint-lookup").unstarted(this::run);
  }

  /** Begins; the listener is called on a thread of the look-up's own. */
  public static EndpointLookup start(
      EndpointDirectory directory, Duration pause, Consumer<Set<Endpoint>> listener) {
    EndpointLookup lookup = new EndpointLookup(directory, pause, listener);
    lookup.thread.start();
    return lookup;
  }

  private void run() {
    try {
      while (true) {
        lookUp();
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookUp() {
    try {
      Set<Endpoint> found = Set.copyOf(directory.endpoints());
      lastFailure = null;
      if (!found.equals(known) && !closed) {
        log.atInfo().addKeyValue("endpoints", found).log("What was looked up has changed");
        known = found;
        listener.accept(found);
      }
    } catch (IOException e) {
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(lastFailure)) {
        lastFailure = failure;
        log.atWarn()
            .addKeyValue("cause", failure)
            .addKeyValue("known", known)
            .log("Cannot look endpoints up, keeping the known ones");
      }
    }
  }

  /** Stops looking; a look-up that is under way may end later, and tells nobody. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
