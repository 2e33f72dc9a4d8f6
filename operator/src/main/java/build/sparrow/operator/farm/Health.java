package build.sparrow.operator.farm;

import build.sparrow.operator.status.Reason;
import build.sparrow.operator.status.Trouble;
import java.util.Arrays;

/**
 * How a part of a farm stands.
 *
 * @param ready whether it does its work
 * @param complete whether all of it is as it is wanted, and none of it an older version
 * @param updating whether it is being replaced by a newer version
 * @param reason a {@link Reason}'s word, or that of a pool
 */
record Health(boolean ready, boolean complete, boolean updating, String reason, String message) {
  static Health ready(Reason reason, String message) {
    return new Health(true, true, false, reason.word(), message);
  }

  static Health starting(Reason reason, String message) {
    return new Health(false, false, false, reason.word(), message);
  }

  static Health troubled(boolean ready, boolean updating, Trouble trouble) {
    return new Health(ready, false, updating, trouble.reason().word(), trouble.message());
  }

  /** Whether waiting alone will hardly help. */
  boolean needsSomebody() {
    return !complete
        && Arrays.stream(Reason.values())
            .anyMatch(known -> known.word().equals(reason) && known.needsSomebody());
  }
}
