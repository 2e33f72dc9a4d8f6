package build.sparrow.executor.input;

import build.sparrow.reapi.Digest;
import java.util.List;

/**
 * Whether the inputs of an action were written to while it ran.
 *
 * @param changed contents whose file is not what it was; each left the cache
 * @param isShared whether others used such a file at the same time, so that it may be they who
 *     wrote to it, and this action may have read what they wrote
 */
public record InputCheck(List<Digest> changed, boolean isShared) {
  /** Nothing was written to. */
  static final InputCheck UNCHANGED = new InputCheck(List.of(), false);

  /** Copies the list. */
  public InputCheck {
    changed = List.copyOf(changed);
  }
}
