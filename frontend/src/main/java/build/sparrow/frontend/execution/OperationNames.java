package build.sparrow.frontend.execution;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Names for operations: the frontend that drew them, its epoch, and 128 random bits, since to know
 * the name is to be allowed to follow and to cancel.
 */
public final class OperationNames {
  private static final int RANDOM_BYTES = 16;

  private final String prefix;
  private final SecureRandom random = new SecureRandom();

  /**
   * Takes what no other process draws names with.
   *
   * @param tag by which other frontends know whose a name is
   */
  public OperationNames(String tag, String epoch) {
    prefix = tag + "-" + epoch + "/";
  }

  /** A name that was never drawn before and cannot be guessed. */
  String next() {
    byte[] bits = new byte[RANDOM_BYTES];
    random.nextBytes(bits);
    return prefix + HexFormat.of().formatHex(bits);
  }
}
