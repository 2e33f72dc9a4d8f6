package build.sparrow.operator.farm;

import java.util.List;
import java.util.Optional;

/**
 * What became of a plan.
 *
 * @param writes how many objects were written or deleted
 * @param refusals what the API server said to objects that it refused, with their names
 * @param fought objects that are held back because somebody undoes what is written
 * @param refusedGrowth what it said when the disk was to grow, if it refused
 */
record Applied(
    int writes, List<String> refusals, List<String> fought, Optional<String> refusedGrowth) {
  static final Applied NOTHING = new Applied(0, List.of(), List.of(), Optional.empty());
}
