package build.sparrow.cas.zstd;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Keeps some native contexts, whose tables cost more to make than a small blob to compress. */
final class ContextPool<C> {
  private final Supplier<C> factory;
  private final Consumer<C> closer;
  private final ArrayBlockingQueue<C> idle =
      new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

  ContextPool(Supplier<C> factory, Consumer<C> closer) {
    this.factory = factory;
    this.closer = closer;
  }

  C take() {
    C context = idle.poll();
    return context == null ? factory.get() : context;
  }

  void giveBack(C context) {
    if (!idle.offer(context)) {
      closer.accept(context);
    }
  }
}
