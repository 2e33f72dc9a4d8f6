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
import org.jspecify.annotations.Nullable;

/**
 * Stays with a command from its start to the death of everything it started: reads its streams,
 * ends it when its time is up, and lets the kill switch end it. One thread does all of that.
 */
final class Supervision implements AutoCloseable {
  /** From being asked to end to being killed. */
  private static final Duration TERMINATION_GRACE = Duration.ofSeconds(2);

  /** How long to read on after the death of all processes that are known. */
  private static final Duration DRAIN_GRACE = Duration.ofMillis(250);

  private static final int BUFFER_BYTES = 64 << 10;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
  private final byte[] bytes = new byte[BUFFER_BYTES];
  private final Poller poller;
  private final ChildProcess child;
  private final Cage cage;
  private final long deadlineNanos;
  private long killNanos;
  private long drainedNanos;
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
        supervision.watch(stdout, stderr);
      } finally {
        killSwitch.disarm();
      }
      int childExitCode = child.awaitExit();
      supervision.finishStatus();
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

  private void watch(CapturedStream stdout, CapturedStream stderr) throws IOException {
    boolean isDead = false;
    while (!isDead || poller.isAnyPipeOpen()) {
      long now = System.nanoTime();
      if (isDead && now - drainedNanos >= 0) {
        break;
      }
      if (!isDead) {
        enforceTimeout(now);
      }
      PidFd warden = isDead ? null : cage.warden();
      poller.await(warden, millisUntilNext(now, isDead));
      drain(child.stdout(), stdout);
      drain(child.stderr(), stderr);
      drain(child.status(), null);
      // The status that came with the death of one warden may have named another.
      if (!isDead && poller.isDead() && cage.warden().equals(warden)) {
        isDead = true;
        cage.kill();
        drainedNanos = System.nanoTime() + DRAIN_GRACE.toNanos();
      }
    }
    stdout.finish();
    stderr.finish();
  }

  /**
   * Reads what the child said last. On a busy machine it says how the command ended only after the
   * time for draining is over; once it has exited it has said all.
   */
  private void finishStatus() throws IOException {
    try (Poller last = new Poller(child.status())) {
      while (child.status().isOpen()) {
        last.await(null, (int) DRAIN_GRACE.toMillis());
        if (!child.status().isReady()) {
          return;
        }
        drain(child.status(), null);
      }
    }
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

  private int millisUntilNext(long now, boolean isDead) {
    long next = isDead ? drainedNanos : isTimedOut ? killNanos : deadlineNanos;
    return Math.clamp((next - now) / 1_000_000 + 1, 0, Integer.MAX_VALUE);
  }

  private void drain(OutputPipe pipe, @Nullable CapturedStream sink) throws IOException {
    if (!pipe.isReady()) {
      return;
    }
    int count = pipe.read(buffer);
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
    if (sink == null) {
      cage.status(bytes, count);
    } else {
      sink.write(bytes, count);
    }
  }

  @Override
  public void close() {
    poller.close();
    arena.close();
  }
}
