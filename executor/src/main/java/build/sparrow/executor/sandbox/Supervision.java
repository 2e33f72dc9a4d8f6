package build.sparrow.executor.sandbox;

import build.sparrow.executor.posix.ChildProcess;
import build.sparrow.executor.posix.OutputPipe;
import build.sparrow.executor.posix.PidFd;
import build.sparrow.executor.posix.Poller;
import build.sparrow.executor.posix.Spawn;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.function.Function;

/**
 * Stays with a command from its start to the death of everything it started: reads its streams,
 * ends it when its time is up, and lets the kill switch end it. One thread does all of that.
 */
final class Supervision implements AutoCloseable {
  /** From being asked to end to being killed. */
  private static final Duration TERMINATION_GRACE = Duration.ofSeconds(2);

  /** How long to wait for an end of output after the death of all processes that are known. */
  private static final Duration MAX_SILENCE = Duration.ofMillis(250);

  /** Buffers to take from each pipe after that: several times what a pipe can hold. */
  private static final int MAX_ROUNDS = 64;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];
  private final Poller poller;
  private final ChildProcess child;
  private final Cage cage;
  private final long deadlineNanos;
  private long killNanos;
  private boolean isTimedOut;

  private Supervision(ChildProcess child, Cage cage, Duration timeout) {
    this.child = child;
    this.poller = new Poller(child.stdout(), child.stderr(), child.status());
    this.cage = cage;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  /** Starts a command and returns when it is over. */
  static RunResult run(
      RunRequest request, KillSwitch killSwitch, Spawn spawn, Function<ChildProcess, Cage> cageOf)
      throws IOException, CommandNotStartedException {
    long start = System.nanoTime();
    CapturedStream stdout = new CapturedStream(request.spill().resolve("stdout"));
    CapturedStream stderr = new CapturedStream(request.spill().resolve("stderr"));
    boolean isOver = false;
    try (ChildProcess child = ChildProcess.start(spawn);
        Cage cage = cageOf.apply(child);
        Supervision supervision = new Supervision(child, cage, request.timeout())) {
      killSwitch.arm(cage::kill);
      try {
        supervision.awaitDeath(stdout, stderr);
      } finally {
        killSwitch.disarm();
      }
      int childExitCode = child.awaitExit();
      supervision.readRest(stdout, stderr);
      RunResult.Ending ending;
      if (killSwitch.isThrown()) {
        ending = new RunResult.Killed();
      } else if (supervision.isTimedOut) {
        ending = new RunResult.TimedOut();
      } else {
        ending = new RunResult.Exited(cage.exitCode(childExitCode, stderr));
      }
      isOver = true;
      return new RunResult(ending, stdout, stderr, Duration.ofNanos(System.nanoTime() - start));
    } finally {
      if (!isOver) {
        stdout.close();
        stderr.close();
      }
    }
  }

  private void awaitDeath(CapturedStream stdout, CapturedStream stderr) throws IOException {
    while (true) {
      long now = System.nanoTime();
      enforceTimeout(now);
      PidFd warden = cage.warden();
      poller.await(warden, millisUntil(isTimedOut ? killNanos : deadlineNanos, now));
      drain(stdout, stderr);
      // The status that came with the death of one warden may have named another.
      if (poller.isDead() && cage.warden().equals(warden)) {
        cage.kill();
        return;
      }
    }
  }

  /**
   * Takes what is left in the pipes. All who could write are dead, so their ends come at once; but
   * without a sandbox, somebody unknown may hold a pipe, and is not waited for.
   */
  private void readRest(CapturedStream stdout, CapturedStream stderr) throws IOException {
    for (int i = 0; i < MAX_ROUNDS && poller.isAnyPipeOpen(); i++) {
      poller.await(null, (int) MAX_SILENCE.toMillis());
      if (!drain(stdout, stderr)) {
        break;
      }
    }
    stdout.finish();
    stderr.finish();
  }

  private void enforceTimeout(long now) {
    if (!isTimedOut && now - deadlineNanos >= 0) {
      isTimedOut = true;
      killNanos = now + TERMINATION_GRACE.toNanos();
      cage.terminate();
    } else if (isTimedOut && now - killNanos >= 0) {
      killNanos = now + TERMINATION_GRACE.toNanos();
      cage.kill();
    }
  }

  private static int millisUntil(long nanos, long now) {
    return Math.clamp((nanos - now) / 1_000_000 + 1, 0, Integer.MAX_VALUE);
  }

  /** Reads what is ready, once from each pipe; says whether anything was. */
  private boolean drain(CapturedStream stdout, CapturedStream stderr) throws IOException {
    boolean hadNews = false;
    if (child.stdout().isReady()) {
      stdout.write(bytes, read(child.stdout()));
      hadNews = true;
    }
    if (child.stderr().isReady()) {
      stderr.write(bytes, read(child.stderr()));
      hadNews = true;
    }
    if (child.status().isReady()) {
      cage.status(bytes, read(child.status()));
      hadNews = true;
    }
    return hadNews;
  }

  private int read(OutputPipe pipe) throws IOException {
    int count = pipe.read(buffer);
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
    return count;
  }

  @Override
  public void close() {
    poller.close();
    arena.close();
  }
}
