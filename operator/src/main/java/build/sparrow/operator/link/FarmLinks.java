package build.sparrow.operator.link;

import build.sparrow.farm.v1.LossClass;
import build.sparrow.service.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** The lines to the frontends of all farms. */
public interface FarmLinks {
  /**
   * Keeps a watch on each of these frontends from now on, and on no other of that farm. With none,
   * the farm is forgotten.
   */
  void follow(FarmKey farm, Set<Endpoint> frontends);

  /** The newest view; empty until one frontend has answered, and when none has for 15 s. */
  Optional<FarmView> view(FarmKey farm);

  /**
   * Asks every frontend to let the executor finish and give it nothing new. May be repeated; the
   * shortest grace counts.
   *
   * @param grace how long what runs may go on
   * @return how many attempts it still runs, by what the frontends answered; empty if none that
   *     knows it answers within 2 s
   */
  OptionalInt drain(FarmKey farm, String executor, Duration grace);

  /**
   * Tells every frontend that the platform takes the executor away, so that its attempts are not
   * charged to their actions. Does not wait for the answers.
   */
  void reportLoss(FarmKey farm, String executor, LossClass loss);

  /**
   * Has the storage take one step nearer to having these shards, if it may take one now. May be
   * repeated: no step is taken twice, and no shard taken away.
   *
   * @param shards all that there are, by their endpoints, in the order in which they join
   * @return how far it is; empty if no frontend answers within 5 s
   */
  Optional<StorageGrowth> growStorage(FarmKey farm, List<String> shards);

  /** Calls the listener when a view has changed, at most every 200 ms for a farm. */
  void onChange(Consumer<FarmKey> listener);
}
