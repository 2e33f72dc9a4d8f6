package build.sparrow.executor.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Waits for news of a child's pipes and of one process. */
public final class Poller implements AutoCloseable {
  private static final int NOTHING = -1;

  private final Arena arena = Arena.ofConfined();
  private final List<OutputPipe> pipes;
  private final MemorySegment entries;

  /** For one thread. */
  public Poller(OutputPipe... pipes) {
    this.pipes = List.of(pipes);
    this.entries = arena.allocate(LibC.PollEntry.BYTES * (pipes.length + 1), Long.BYTES);
  }

  /**
   * Waits until a pipe is ready, the process is dead or the time is up.
   *
   * @param process watched for its death, if there is one to watch
   * @param timeoutMillis −1 waits without end
   */
  public void await(@Nullable PidFd process, int timeoutMillis) throws IOException {
    for (int i = 0; i < pipes.size(); i++) {
      LibC.PollEntry.set(entries, i, pipes.get(i).fd());
    }
    LibC.PollEntry.set(entries, pipes.size(), process == null ? NOTHING : process.fd());
    LibC.poll(entries, pipes.size() + 1, timeoutMillis);
    for (int i = 0; i < pipes.size(); i++) {
      pipes.get(i).setReady(LibC.PollEntry.hasNews(entries, i));
    }
  }

  /** Whether the process was dead when {@link #await} returned. */
  public boolean isDead() {
    return LibC.PollEntry.hasNews(entries, pipes.size());
  }

  /** Whether any of the pipes may still bring something. */
  public boolean isAnyPipeOpen() {
    return pipes.stream().anyMatch(OutputPipe::isOpen);
  }

  @Override
  public void close() {
    arena.close();
  }
}
