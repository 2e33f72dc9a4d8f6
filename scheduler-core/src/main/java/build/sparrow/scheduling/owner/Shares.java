package build.sparrow.scheduling.owner;

import build.sparrow.scheduling.Origin;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tenants and invocations that have actions here; one without any is forgotten. */
final class Shares {
  private record Invocation(String tenant, String name) {}

  private final Map<String, Integer> weights;
  private final Map<String, Share> tenants = new LinkedHashMap<>();
  private final Map<Invocation, Share> invocations = new HashMap<>();

  /**
   * Without members yet.
   *
   * @param weights of tenants; 1 of those that are not there
   */
  Shares(Map<String, Integer> weights) {
    this.weights = weights;
  }

  /** The invocation's share, with one member more. */
  Share join(Origin origin) {
    Share tenant =
        tenants.computeIfAbsent(
            origin.tenant(), name -> Share.ofTenant(name, weights.getOrDefault(name, 1)));
    Share invocation =
        invocations.computeIfAbsent(
            new Invocation(origin.tenant(), origin.invocation()),
            key -> {
              tenant.invocations++;
              return Share.ofInvocation(key.name(), tenant);
            });
    tenant.members++;
    invocation.members++;
    return invocation;
  }

  /** The tenant that has most running for its weight; null if there is none. */
  @Nullable Share richest() {
    Share richest = null;
    for (Share tenant : tenants.values()) {
      if (richest == null || tenant.tenantLoad() > richest.tenantLoad()) {
        richest = tenant;
      }
    }
    return richest;
  }

  void leave(Share invocation) {
    Share tenant = invocation.tenant;
    if (tenant == null) {
      throw new IllegalArgumentException(invocation.name + " is a tenant, not an invocation");
    }
    if (--invocation.members == 0) {
      invocations.remove(new Invocation(tenant.name, invocation.name));
      tenant.invocations--;
    }
    if (--tenant.members == 0) {
      tenants.remove(tenant.name);
    }
  }
}
