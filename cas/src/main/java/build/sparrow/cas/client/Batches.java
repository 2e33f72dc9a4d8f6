package build.sparrow.cas.client;

import build.sparrow.cas.CasLimits;
import build.sparrow.reapi.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Cuts what is asked for into calls of bounded size. */
final class Batches {
  private Batches() {}

  /** For calls that carry digests only. */
  static List<List<Digest>> byCount(Collection<Digest> digests) {
    return cut(digests, CasLimits.MAX_QUERY_DIGESTS, Long.MAX_VALUE);
  }

  /** For calls that carry the blobs too, none of which is larger than a batch. */
  static List<List<Digest>> bySize(Collection<Digest> digests) {
    return cut(digests, CasLimits.MAX_BATCH_BLOBS, CasLimits.MAX_BATCH_BYTES);
  }

  private static List<List<Digest>> cut(Collection<Digest> digests, int maxCount, long maxBytes) {
    List<List<Digest>> parts = new ArrayList<>();
    List<Digest> part = new ArrayList<>();
    long bytes = 0;
    for (Digest digest : digests) {
      // Compared so that no sum overflows.
      boolean full = part.size() == maxCount || digest.sizeBytes() > maxBytes - bytes;
      if (full && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        bytes = 0;
      }
      part.add(digest);
      bytes = maxBytes == Long.MAX_VALUE ? 0 : bytes + digest.sizeBytes();
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }
}
