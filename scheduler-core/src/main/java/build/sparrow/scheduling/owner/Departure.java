package build.sparrow.scheduling.owner;

/**
 * How a watcher left: one that hung up will hardly return, one whose connection broke is likely to.
 */
public enum Departure {
  CANCELLED,
  CONNECTION_LOST
}
