package build.sparrow.service;

import java.io.IOException;
import java.util.Set;

/** Knows where the processes of one kind are right now. */
@FunctionalInterface
public interface EndpointDirectory {
  /**
   * All of them.
   *
   * @throws IOException if that cannot be told now
   */
  Set<Endpoint> endpoints() throws IOException;
}
