package build.sparrow.operator.pool;

import build.sparrow.farm.v1.LossClass;
import build.sparrow.operator.link.ExecutorView;
import build.sparrow.operator.link.FarmKey;
import build.sparrow.operator.link.FarmLinks;
import build.sparrow.operator.link.FarmView;
import build.sparrow.operator.link.PoolDemand;
import build.sparrow.operator.link.StorageGrowth;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two frontends that both answer, and remember whom they were told to let go. */
final class InMemoryFrontends implements FarmLinks {
  private final BlockingQueue<String> drained = new LinkedBlockingQueue<>();
  private volatile Optional<FarmView> view = Optional.empty();

  void show(Map<String, ExecutorView> executors, PoolDemand demand) {
    view = Optional.of(new FarmView(2, 2, executors, Map.of("linux", demand)));
  }

  /** Waits until the frontends were told, which happens beside the loop. */
  void awaitDrain(String executor) {
    try {
      if (!executor.equals(drained.poll(10, TimeUnit.SECONDS))) {
        throw new AssertionError(executor + " was not drained");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  void acknowledge(String name) {
    FarmView before = view.orElseThrow();
    Map<String, ExecutorView> executors = new HashMap<>(before.executors());
    executors.computeIfPresent(
        name,
        (key, executor) ->
            new ExecutorView(
                key,
                executor.pool(),
                executor.incarnation(),
                ExecutorView.State.DRAINING,
                executor.slots(),
                executor.running(),
                executor.isolationLevel()));
    show(executors, before.demand("linux"));
  }

  @Override
  public void follow(FarmKey farm, Set<Endpoint> frontends) {}

  @Override
  public Optional<FarmView> view(FarmKey farm) {
    return view;
  }

  @Override
  public OptionalInt drain(FarmKey farm, String executor, Duration grace) {
    drained.add(executor);
    return OptionalInt.of(0);
  }

  @Override
  public void reportLoss(FarmKey farm, String executor, LossClass loss) {}

  @Override
  public Optional<StorageGrowth> growStorage(FarmKey farm, List<String> shards) {
    throw new UnsupportedOperationException("A pool has no storage; its farm does");
  }

  @Override
  public void onChange(Consumer<FarmKey> listener) {}
}
