package build.sparrow.executor.agent;

import build.sparrow.scheduling.FrontendId;
import io.grpc.ManagedChannel;

/** Makes the way to a frontend. */
@FunctionalInterface
public interface Dialler {
  /** A channel to the place, which need not answer; the agent shuts it down. */
  ManagedChannel dial(FrontendId place);
}
