package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.owner.PoolDeclaration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The state machines that Sparrow ships, several owners and all executors, unchanged. */
final class Shipped implements Policy {
  final Run run;
  final Map<AttemptId, Task> attempts = new HashMap<>();
  private final List<ShippedFrontend> frontends = new ArrayList<>();
  long messages;
  long heartbeats;
  long offers;
  long rejects;

  Shipped(Run run) {
    this.run = run;
    Map<List<Integer>, PoolDeclaration> pools = new HashMap<>();
    for (List<Integer> serves : new LinkedHashSet<>(run.farm.serves())) {
      pools.put(serves, PoolDeclaration.of("pool" + pools.size(), labels(serves)));
    }
    for (int number = 0; number < run.farm.frontends(); number++) {
      frontends.add(
          new ShippedFrontend(
              this, new FrontendId("f" + number), List.copyOf(pools.values()), run.random.split()));
    }
    int number = 0;
    for (List<Integer> serves : run.farm.serves()) {
      PoolDeclaration pool = Objects.requireNonNull(pools.get(serves));
      new ShippedExecutor(this, number++, pool, frontends, run.random.split()).start();
    }
  }

  /** What an executor that serves these platforms has. */
  private static Platform labels(List<Integer> serves) {
    return Platform.of(serves.stream().map(Shipped::label).toList());
  }

  /** Platform 0 asks for nothing in particular. */
  static Platform asked(int platform) {
    return Platform.of(label(platform));
  }

  private static Label label(int platform) {
    return new Label("kind", "k" + platform);
  }

  /** As a client's frontend finds the owner: by the digest. */
  @Override
  public void submit(List<Task> tasks) {
    for (Task task : tasks) {
      int owner = Math.floorMod(mixed(task.action.value().hashCode()), frontends.size());
      frontends.get(owner).submit(task);
    }
  }

  private static int mixed(int hash) {
    int mixed = hash * 0x9E3779B1;
    return mixed ^ (mixed >>> 15);
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public long messages() {
    return messages;
  }
}
