package build.sparrow.cas.segment;

/** When what was stored is safe from a power cut. What a process leaves by dying is always safe. */
public enum Durability {
  /** Within 50 ms, or 8 MiB that are written after it, whichever is first. */
  GROUPED,

  /** Before it is acknowledged. */
  BEFORE_ACKNOWLEDGED
}
