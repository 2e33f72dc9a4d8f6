package build.sparrow.operator.autoscale;

/**
 * What earlier decisions for a pool leave to later ones. It is kept in memory; after a restart it
 * begins as {@link #NONE}, with which a pool keeps what it has for the scale-down window.
 */
public final class ScalingHistory {
  /** Nothing was decided yet. */
  public static final ScalingHistory NONE = new ScalingHistory();

  private ScalingHistory() {}
}
