package build.sparrow.cas;

import build.sparrow.reapi.Digest;
import java.io.IOException;
import java.util.Collection;
import java.util.function.BiConsumer;

/** A store that can say what it holds. */
public interface ListedBlobStore extends BlobStore {
  /**
   * Names every blob that is held in these namespaces the whole time; what comes or goes meanwhile
   * may be named or not. Renews no lease.
   */
  void list(Collection<BlobScope> scopes, BiConsumer<BlobScope, Digest> each) throws IOException;
}
