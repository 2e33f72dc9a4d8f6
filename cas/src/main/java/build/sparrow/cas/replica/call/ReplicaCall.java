package build.sparrow.cas.replica.call;

import java.util.List;

/** A call over several shards. It ends whatever happens, as long as every effect is answered. */
public interface ReplicaCall {
  /** What is to be done first. */
  List<ReplicaEffect> begin();

  /** What is to be done after an event; an event that comes when all is over changes nothing. */
  List<ReplicaEffect> on(ReplicaEvent event);

  /** Whether there is nothing more to wait for. Effects that are still under way are left alone. */
  boolean isOver();
}
