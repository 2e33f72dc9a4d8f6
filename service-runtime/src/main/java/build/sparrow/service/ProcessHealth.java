package build.sparrow.service;

import java.util.Optional;

/** How a process stands, for those who watch over it: a kubelet, a load balancer. */
@FunctionalInterface
public interface ProcessHealth {
  /** Why it cannot do its work right now; empty while it can. */
  Optional<String> obstacle();

  /** What only a new start of the process can mend; empty while it is sound. */
  default Optional<String> fault() {
    return Optional.empty();
  }
}
