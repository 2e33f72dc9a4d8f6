package build.sparrow.frontend.scheduling;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread on which everything about operations and executors happens, seen from other threads.
 */
public interface Scheduling {
  /** Has the task run on that thread, later; blocks while the thread is behind, unless it is it. */
  void post(Runnable task);

  /** Has the question answered on that thread, and waits for the answer; for other threads. */
  <T extends @Nullable Object> T ask(Supplier<T> question);
}
