package build.sparrow.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for Ctrl-C or SIGTERM; the second of them ends the process at once. Shutdown hooks cannot
 * do this: the JVM ignores a second signal while they run, and its exit code would not be 0.
 */
final class StopSignal {
  private static final Logger log = LoggerFactory.getLogger(StopSignal.class);
  private static final int HALTED = 130;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicInteger signals = new AtomicInteger();
  private final Runnable second;

  private StopSignal(Runnable second) {
    this.second = second;
  }

  /** Takes over both signals from now on. */
  static StopSignal install() {
    StopSignal stop = of(() -> Runtime.getRuntime().halt(HALTED));
    for (String name : List.of("INT", "TERM")) {
      try {
        stop.listenTo(name);
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // A runtime without that module, or told to leave signals alone (-Xrs), ends by itself.
        log.atWarn()
            .addKeyValue("signal", name)
            .setCause(e)
            .log("Cannot stop in order on a signal");
      }
    }
    return stop;
  }

  /** Calls sun.misc.Signal by name: javac warns of its use and offers no way to excuse it. */
  private void listenTo(String name) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodHandle signalled =
        MethodHandles.dropArguments(
            lookup.bind(this, "signalled", MethodType.methodType(void.class)), 0, signal);
    signal
        .getMethod("handle", signal, handler)
        .invoke(
            null,
            signal.getConstructor(String.class).newInstance(name),
            MethodHandleProxies.asInterfaceInstance(handler, signalled));
  }

  static StopSignal of(Runnable second) {
    return new StopSignal(second);
  }

  void signalled() {
    if (signals.incrementAndGet() > 1) {
      second.run();
    }
    stop.countDown();
  }

  /** Whether a signal has come. */
  boolean hasCome() {
    return stop.getCount() == 0;
  }

  /** Returns when the first signal has come. */
  void await() throws InterruptedException {
    stop.await();
  }
}
