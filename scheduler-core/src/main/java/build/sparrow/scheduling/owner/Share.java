package build.sparrow.scheduling.owner;

import java.util.Collection;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant, or one invocation of a tenant, has of this owner's executors. Owners get actions
 * by their digests, so what is fair at each is fair in all.
 */
final class Share {
  private static final int PARTS = 4;

  final String name;

  /** The tenant of an invocation; null for a tenant. */
  final @Nullable Share tenant;

  private final int weight;

  /** Processors that its actions keep busy which are offered or run, in thousandths. */
  private long running;

  /** What it was given by stopping others' actions and has not taken yet, in thousandths. */
  private long claimed;

  /** Of a tenant: its actions that are offered or run, in the order in which they came to that. */
  private final LinkedHashSet<Operation> occupants = new LinkedHashSet<>();

  /** Actions of it that are known here and have not ended. */
  int members;

  private Share(String name, @Nullable Share tenant, int weight) {
    this.name = name;
    this.tenant = tenant;
    this.weight = weight;
  }

  static Share ofTenant(String name, int weight) {
    return new Share(name, null, weight);
  }

  static Share ofInvocation(String name, Share tenant) {
    return new Share(name, tenant, 1);
  }

  /** What the tenant has running, for each of its weight. */
  double tenantLoad() {
    return tenant == null ? (double) running / weight : tenant.tenantLoad();
  }

  /** Invocations of the tenant that are known here. */
  int invocations;

  /**
   * How many doublings an invocation has more running than {@link #PARTS} times its equal part of
   * what the tenant has; less than that is left to age and size, which serve all better.
   */
  int doublingsAhead() {
    if (tenant == null) {
      return 0;
    }
    double parts = (double) running * tenant.invocations / Math.max(1, tenant.running);
    return parts < PARTS ? 0 : 1 + Math.getExponent(parts / PARTS);
  }

  /** Of an invocation: an action of it is offered, or an executor announced it. */
  void occupy(Operation operation) {
    running += operation.processors;
    if (tenant != null) {
      tenant.running += operation.processors;
      tenant.claimed = Math.max(0, tenant.claimed - operation.processors);
      tenant.occupants.add(operation);
    }
  }

  /** Of an invocation: the action neither is offered nor runs any more. */
  void vacate(Operation operation) {
    running -= operation.processors;
    if (tenant != null) {
      tenant.running -= operation.processors;
      tenant.occupants.remove(operation);
    }
  }

  /** Of a tenant: its actions that are offered or run, the last first. */
  Collection<Operation> occupants() {
    return occupants.reversed();
  }

  /** Of a tenant: room is being made for it. */
  void claim(long processors) {
    claimed += processors;
  }

  /** What the tenant would have running for each of its weight with so much less. */
  double loadWithout(long processors) {
    return (double) (running - processors) / weight;
  }

  /** The same with so much more, and with what it has claimed. */
  double loadWith(long processors) {
    return (double) (running + claimed + processors) / weight;
  }
}
