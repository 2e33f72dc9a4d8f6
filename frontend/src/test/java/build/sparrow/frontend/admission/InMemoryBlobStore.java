package build.sparrow.frontend.admission;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.BlobUpload;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Blobs in a map, and what was asked of them, round by round. */
public final class InMemoryBlobStore implements BlobStore {
  public final Map<Digest, ByteString> blobs = new HashMap<>();
  final List<Set<Digest>> reads = new ArrayList<>();
  final List<List<Digest>> questions = new ArrayList<>();
  Runnable beforeRead = () -> {};
  boolean broken;

  @Override
  public synchronized Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    failIfBroken();
    questions.add(List.copyOf(digests));
    Set<Digest> missing = new LinkedHashSet<>(digests);
    missing.removeAll(blobs.keySet());
    return missing;
  }

  @Override
  public synchronized Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    failIfBroken();
    beforeRead.run();
    reads.add(Set.copyOf(digests));
    Map<Digest, ByteString> found = new HashMap<>();
    for (Digest digest : digests) {
      ByteString content = digest.isEmpty() ? ByteString.EMPTY : blobs.get(digest);
      if (content != null) {
        found.put(digest, content);
      }
    }
    return found;
  }

  private void failIfBroken() throws IOException {
    if (broken) {
      throw new IOException("disk on fire");
    }
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    throw new BlobMissingException(digest);
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) {
    throw new UnsupportedOperationException("admission writes nothing");
  }

  /** Forgets what was asked so far. */
  void startCounting() {
    reads.clear();
    questions.clear();
  }
}
