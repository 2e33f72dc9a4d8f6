package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.function.BiConsumer;

/** An action cache that can say what it holds. */
public interface ListedActionCache extends ActionCache {
  /**
   * Names every action in these namespaces whose result is held the whole time; what comes or goes
   * meanwhile may be named or not.
   */
  void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each) throws IOException;
}
