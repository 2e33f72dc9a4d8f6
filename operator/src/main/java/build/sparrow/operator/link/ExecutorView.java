package build.sparrow.operator.link;

/**
 * An executor as the frontends of its farm see it together.
 *
 * @param name the name of its pod
 * @param incarnation drawn at each start of its process
 * @param slots how many actions it runs at once
 * @param running how many attempts it runs now, for all frontends
 * @param isolationLevel what it has proven of its sandbox: {@code Full} or {@code None}
 */
public record ExecutorView(
    String name,
    String pool,
    String incarnation,
    State state,
    int slots,
    int running,
    String isolationLevel) {
  /** How it stands; if frontends differ, the last of these that one of them says. */
  public enum State {
    READY,
    /** Silent for longer than it may be; it may yet come back. */
    SUSPECT,
    /** Takes nothing new. */
    DRAINING
  }
}
