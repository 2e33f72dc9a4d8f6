package build.sparrow.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services that start one after the other and stop in reverse, each within a bound; one that fails
 * or hangs while it stops does not keep the others from being stopped.
 */
public final class ServiceGroup implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServiceGroup.class);
  private static final Duration DEFAULT_STOP_LIMIT = Duration.ofSeconds(10);

  private final Progress progress;
  private final Deque<Member> members = new ArrayDeque<>();

  private record Member(String name, AutoCloseable service, Duration stopLimit) {}

  /** Told of each service as it stops. */
  public interface Progress {
    /** The service is about to be stopped. */
    void stopping(String service);

    /** The service has stopped, or its failure to: an exception of its own or a time-out. */
    void stopped(String service, @Nullable Exception failure);
  }

  private enum Silent implements Progress {
    SILENT;

    @Override
    public void stopping(String service) {}

    @Override
    public void stopped(String service, @Nullable Exception failure) {}
  }

  public ServiceGroup() {
    this(Silent.SILENT);
  }

  public ServiceGroup(Progress progress) {
    this.progress = progress;
  }

  /** Starts a service that may take 10 s to stop. */
  public <S extends AutoCloseable> S start(String name, Callable<S> starter) throws Exception {
    return start(name, DEFAULT_STOP_LIMIT, starter);
  }

  /**
   * Starts a service.
   *
   * @param name for people
   * @param stopLimit how long its {@code close} is waited for
   * @throws Exception what the starter throws; the services before it go on and the group can be
   *     closed
   */
  public synchronized <S extends AutoCloseable> S start(
      String name, Duration stopLimit, Callable<S> starter) throws Exception {
    S service = starter.call();
    members.push(new Member(name, service, stopLimit));
    return service;
  }

  /** Stops what was started, the last first. A second call finds nothing left to stop. */
  @Override
  public synchronized void close() {
    while (!members.isEmpty()) {
      Member member = members.pop();
      progress.stopping(member.name());
      Exception failure = stop(member);
      if (failure != null) {
        log.atWarn()
            .addKeyValue("service", member.name())
            .setCause(failure)
            .log("A service did not stop cleanly");
      }
      progress.stopped(member.name(), failure);
    }
  }

  private static @Nullable Exception stop(Member member) {
    StopTask task = new StopTask(member.service());
    Thread thread = Thread.ofVirtual().name("stop-" + member.name()).start(task);
    try {
      if (!thread.join(member.stopLimit())) {
        thread.interrupt();
        return new IllegalStateException(
            "%s did not stop within %d ms and was left behind"
                .formatted(member.name(), member.stopLimit().toMillis()));
      }
      return task.failure;
    } catch (InterruptedException e) {
      // Who interrupts an orderly stop wants the rest stopped without waiting.
      thread.interrupt();
      Thread.currentThread().interrupt();
      return e;
    }
  }

  private static final class StopTask implements Runnable {
    private final AutoCloseable service;
    private volatile @Nullable Exception failure;

    StopTask(AutoCloseable service) {
      this.service = service;
    }

    @Override
    public void run() {
      try {
        service.close();
      } catch (Exception e) {
        failure = e;
      }
    }
  }
}
