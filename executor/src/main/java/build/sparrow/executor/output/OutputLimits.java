package build.sparrow.executor.output;

/**
 * How much one action may leave.
 *
 * @param maxBytes of all output files together, as their sizes say; holes count
 * @param maxEntries files, directories and symlinks in output directories together
 * @param maxInlineBytes of output files that are put into the result itself
 */
public record OutputLimits(long maxBytes, int maxEntries, int maxInlineBytes) {
  /** What actions get. */
  public static final OutputLimits DEFAULT = new OutputLimits(32L << 30, 1_000_000, 1 << 20);
}
