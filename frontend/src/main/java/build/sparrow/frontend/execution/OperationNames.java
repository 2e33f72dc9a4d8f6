package build.sparrow.frontend.execution;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Names for operations: the epoch of the frontend that drew them, and 128 random bits, since to
 * know the name is to be allowed to follow and to cancel.
 */
public final class OperationNames {
  private static final int RANDOM_BYTES = 16;

  private final String epoch;
  private final SecureRandom random = new SecureRandom();

  public OperationNames(String epoch) {
    this.epoch = epoch;
  }

  /** A name that was never drawn before and cannot be guessed. */
  String next() {
    byte[] bits = new byte[RANDOM_BYTES];
    random.nextBytes(bits);
    return epoch + "/" + HexFormat.of().formatHex(bits);
  }
}
