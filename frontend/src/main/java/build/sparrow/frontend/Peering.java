package build.sparrow.frontend;

import build.sparrow.service.Endpoint;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a frontend and the other frontends of its farm find each other.
 *
 * @param self where the others reach this one, as they look it up; null if there are none
 * @param fixed frontends that are known beforehand
 * @param service a name each of whose addresses is a frontend; null if there is none
 */
public record Peering(@Nullable Endpoint self, Set<Endpoint> fixed, @Nullable Endpoint service) {
  /** The farm has one frontend. */
  public static final Peering ALONE = new Peering(null, Set.of(), null);

  /** Throws IllegalArgumentException if others are named and not where they reach this one. */
  public Peering {
    fixed = Set.copyOf(fixed);
    if (self == null && (service != null || !fixed.isEmpty())) {
      throw new IllegalArgumentException(
          "Other frontends are named, but not where they reach this one; give its address");
    }
  }

  /** The frontends behind a name, which has the addresses of all. */
  public static Peering behind(Endpoint self, Endpoint service) {
    return new Peering(self, Set.of(), service);
  }
}
