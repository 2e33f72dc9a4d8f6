package build.sparrow.cas.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A time that passes by being slept; what a test wants done meanwhile is done at each pause. */
final class ManualTime implements Retries.Time {
  private final Runnable atEachPause;
  private final List<Duration> pauses = new ArrayList<>();
  private long nanos;

  ManualTime(Runnable atEachPause) {
    this.atEachPause = atEachPause;
  }

  List<Duration> pauses() {
    return pauses;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public void sleep(Duration pause) {
    pauses.add(pause);
    nanos += pause.toNanos();
    atEachPause.run();
  }

  @Override
  public double random() {
    return 1;
  }
}
