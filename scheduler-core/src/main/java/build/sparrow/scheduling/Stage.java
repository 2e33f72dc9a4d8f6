package build.sparrow.scheduling;

/**
 * Where an operation is, as clients see it. A lost attempt takes it back from EXECUTING to QUEUED.
 */
public enum Stage {
  QUEUED,
  EXECUTING,
  COMPLETED
}
