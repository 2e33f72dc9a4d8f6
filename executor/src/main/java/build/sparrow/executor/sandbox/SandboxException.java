package build.sparrow.executor.sandbox;

import java.io.IOException;

/** The sandbox could not be made or watched; another executor may do better. */
public final class SandboxException extends IOException {
  SandboxException(String message) {
    super(message);
  }
}
