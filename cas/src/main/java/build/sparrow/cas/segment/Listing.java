package build.sparrow.cas.segment;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Names what a store holds of one kind by the headers of its records. What eviction moves meanwhile
 * stands at the end of the log by then, so that is read once more.
 */
final class Listing {
  private static final int PASSES = 2;

  private final Segments segments;
  private final OffHeapIndex index;
  private final KeyHasher hasher;
  private final RecordKind kind;
  private final BiConsumer<BlobScope, Digest> each;
  private final Map<Namespace, BlobScope> scopes = new HashMap<>();
  private final Map<Integer, Long> readTo = new HashMap<>();

  private record Namespace(ScopeTag tag, DigestFunction function) {}

  Listing(
      Segments segments,
      OffHeapIndex index,
      KeyHasher hasher,
      RecordKind kind,
      Collection<BlobScope> scopes,
      BiConsumer<BlobScope, Digest> each) {
    this.segments = segments;
    this.index = index;
    this.hasher = hasher;
    this.kind = kind;
    this.each = each;
    scopes.forEach(
        scope -> this.scopes.put(new Namespace(ScopeTag.of(scope), scope.function()), scope));
  }

  void run() throws IOException {
    for (int pass = 0; pass < PASSES; pass++) {
      for (Segment segment : new ArrayList<>(segments.all())) {
        try (Segment.Lease lease = segment.lease()) {
          if (lease != null) {
            read(segment, lease);
          }
        }
      }
    }
  }

  private void read(Segment segment, Segment.Lease lease) throws IOException {
    HeaderReader headers = new HeaderReader(lease.file(), segment.salt());
    long position = readTo.getOrDefault(segment.id(), (long) Segment.HEADER_BYTES);
    long end = position;
    while (position < headers.fileBytes()) {
      RecordHeader header = headers.at(position);
      if (header == null) {
        position += RecordHeader.ALIGNMENT;
        continue;
      }
      position += header.recordBytes();
      end = position;
      name(header.key());
    }
    readTo.put(segment.id(), end);
  }

  /** What the index no longer has was evicted, or found corrupt. */
  private void name(RecordKey key) {
    @Nullable BlobScope scope = scopes.get(new Namespace(key.scope(), key.function()));
    if (scope != null && key.kind() == kind && index.find(hasher.key(key)) != 0) {
      each.accept(scope, key.digest());
    }
  }
}
