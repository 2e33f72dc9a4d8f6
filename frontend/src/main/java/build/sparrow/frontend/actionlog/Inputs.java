package build.sparrow.frontend.actionlog;

import java.util.List;

/**
 * What an action's input root comes to.
 *
 * @param bytes of its files, each counted as often as it is there
 * @param makers the actions that made some of them, in the order in which they are met
 */
record Inputs(long files, long bytes, List<String> makers) {
  Inputs {
    makers = List.copyOf(makers);
  }
}
