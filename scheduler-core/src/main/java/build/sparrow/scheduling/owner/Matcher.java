package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells whether a farm's pools can ever run an action, and if not, which pool comes nearest. */
final class Matcher {
  private final List<PoolDeclaration> pools;

  Matcher(List<PoolDeclaration> pools) {
    this.pools = pools;
  }

  /** What an unsatisfiable action is told. */
  record Nearest(@Nullable String pool, List<LabelDifference> differences) {}

  boolean satisfiable(Requirement wanted) {
    return pools.stream().anyMatch(pool -> pool.meets(wanted));
  }

  /** The pool that lacks the fewest of the wanted labels, the first declared of equals. */
  Nearest nearest(Platform wanted) {
    PoolDeclaration best = null;
    int fewest = Integer.MAX_VALUE;
    for (PoolDeclaration pool : pools) {
      int lacking = pool.platform().lacking(wanted).size();
      if (lacking < fewest) {
        best = pool;
        fewest = lacking;
      }
    }
    if (best == null) {
      return new Nearest(null, differences(Platform.ANY, wanted));
    }
    return new Nearest(best.name(), differences(best.platform(), wanted));
  }

  private static List<LabelDifference> differences(Platform offered, Platform wanted) {
    return offered.lacking(wanted).stream()
        .map(
            (Label label) ->
                new LabelDifference(label.name(), label.value(), offered.values(label.name())))
        .toList();
  }
}
