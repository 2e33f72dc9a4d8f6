package build.sparrow.scheduling;

import java.util.List;

/**
 * A label that an action asks for and a pool has not.
 *
 * @param countable whether more of it would do as well
 * @param offered what the pool has under that name; empty if it does not know the name
 */
public record LabelDifference(String name, String wanted, boolean countable, List<String> offered) {
  public LabelDifference {
    offered = List.copyOf(offered);
  }
}
