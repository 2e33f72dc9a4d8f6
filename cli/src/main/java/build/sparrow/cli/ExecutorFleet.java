package build.sparrow.cli;

import build.sparrow.cli.Roles.RunningExecutor;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.service.ProcessHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** All executors of a farm: started at once, drained at once, each within its own grace. */
final class ExecutorFleet implements AutoCloseable, ProcessHealth {
  private final List<Member> members;

  private record Member(ExecutorConfig config, RunningExecutor executor) {
    void stop() {
      try (executor) {
        executor.drain(config.drainTimeout());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private ExecutorFleet(List<Member> members) {
    this.members = members;
  }

  /** Starts all of them; if one cannot start, stops the others and throws its failure. */
  static ExecutorFleet start(Roles roles, List<ExecutorConfig> configs) throws Exception {
    List<Member> started = new ArrayList<>();
    try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Member>> starts = new ArrayList<>();
      for (ExecutorConfig config : configs) {
        starts.add(starters.submit(() -> new Member(config, roles.startExecutor(config))));
      }
      Exception failure = null;
      for (Future<Member> start : starts) {
        try {
          started.add(start.get());
        } catch (ExecutionException e) {
          failure = e.getCause() instanceof Exception cause ? cause : e;
        }
      }
      if (failure != null) {
        for (Member member : started) {
          member.executor().close();
        }
        throw failure;
      }
    }
    return new ExecutorFleet(started);
  }

  /** The longest that {@link #close} takes if every executor keeps its grace. */
  static Duration stopLimit(List<ExecutorConfig> configs) {
    return configs.stream()
        .map(ExecutorConfig::drainTimeout)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO)
        .plusSeconds(10);
  }

  /** Why the first of them that cannot get work cannot; empty if all can. */
  @Override
  public Optional<String> obstacle() {
    return members.stream().flatMap(member -> member.executor().obstacle().stream()).findFirst();
  }

  /** Drains all, then ends them; an interrupt ends them at once. */
  @Override
  public void close() {
    List<Thread> stopping = new ArrayList<>();
    for (Member member : members) {
      stopping.add(Thread.ofVirtual().name("stop-" + member.config().name()).start(member::stop));
    }
    for (Thread thread : stopping) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        stopping.forEach(Thread::interrupt);
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
