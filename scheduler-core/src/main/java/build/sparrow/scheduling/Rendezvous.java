package build.sparrow.scheduling;

/**
 * Says whose an action is, of frontends that all who ask know by the same names: the one of the
 * highest weight (rendezvous hashing, Thaler and Ravishankar, 1998). One that comes or goes moves
 * no action but its own. Nothing of it may change between versions that run side by side.
 */
public final class Rendezvous {
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private Rendezvous() {}

  /** The weight of a frontend for an action, as if drawn anew for each pair. */
  public static long weight(FrontendId frontend, ActionId action) {
    return mixed(mixed(hash(frontend.value())) ^ hash(action.value()));
  }

  /** A number for a text, as if drawn anew for each. */
  public static long place(String text) {
    return mixed(hash(text));
  }

  /** FNV-1a over the characters. */
  private static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int place = 0; place < text.length(); place++) {
      hash = (hash ^ text.charAt(place)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finisher of SplitMix64: each bit of the result depends on each of what goes in. */
  private static long mixed(long hash) {
    long mixed = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
