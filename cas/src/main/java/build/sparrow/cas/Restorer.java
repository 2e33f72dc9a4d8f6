package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;

/** Brings back into a store what it no longer holds, from wherever else that may be. */
@FunctionalInterface
public interface Restorer {
  /** Knows nowhere else. */
  Restorer NONE = (_, _) -> Set.of();

  /**
   * Tries to bring back blobs, within some time; that the other place is away is no failure.
   *
   * @return those that the store holds now, under its lease
   */
  Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException;
}
