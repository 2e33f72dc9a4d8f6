package build.sparrow.e2e;

/** How many actions the package {@code //greeting} of the workspace takes. */
final class GreetingActions {
  /** Three files compiled, two archives, a program linked, two rules of shell. */
  static final int ALL = 8;

  /** What depends on greeting.h: two files compiled, an archive, the program, the letter. */
  static final int OF_THE_HEADER = 5;

  private GreetingActions() {}
}
