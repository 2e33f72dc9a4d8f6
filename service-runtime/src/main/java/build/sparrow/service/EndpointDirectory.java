package build.sparrow.executor;

import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.util.Set;

/** Knows where the frontends of a farm are right now. */
@FunctionalInterface
interface FrontendDirectory {
  /**
   * All frontends.
   *
   * @throws IOException if that cannot be told now
   */
  Set<Endpoint> frontends() throws IOException;
}
