package build.sparrow.frontend.execution;

import build.sparrow.scheduling.owner.Departure;
import build.sparrow.service.ConnectionState;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells, once the client of a call has gone, whether it means to come back. */
public final class ClientDeparture {
  /**
   * A client whose own deadline ends its call means to wait again; its clock may be ahead of ours.
   */
  private static final long DEADLINE_SLACK_SECONDS = 1;

  private final ConnectionState connection = ConnectionState.current();
  private final @Nullable Deadline deadline = Context.current().getDeadline();

  private ClientDeparture() {}

  /** Of the call that this thread serves. */
  public static ClientDeparture ofCurrentCall() {
    return new ClientDeparture();
  }

  /** To be asked once the call is cancelled. */
  public Departure kind() {
    boolean timedOut =
        deadline != null
            && deadline.timeRemaining(TimeUnit.NANOSECONDS)
                < TimeUnit.SECONDS.toNanos(DEADLINE_SLACK_SECONDS);
    return connection.lost() || timedOut ? Departure.CONNECTION_LOST : Departure.CANCELLED;
  }
}
