package build.sparrow.scheduling;

/** How what an action asks for under a name is compared with what a pool offers. */
public enum PropertyMatch {
  /** The pool must offer that very value. Names without a rule are compared so. */
  EXACT,
  /** The values are amounts: the pool must offer as much or more. */
  MINIMUM,
  /** The pool must offer the name; the value is for the action alone. */
  ANY,
  /** Nobody looks at it. */
  IGNORE
}
