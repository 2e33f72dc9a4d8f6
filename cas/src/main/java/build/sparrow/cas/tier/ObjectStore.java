package build.sparrow.cas.tier;

import build.sparrow.cas.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Objects by name, in some bucket. Safe for many threads. The methods block, for a bounded time,
 * and throw {@link TierException} if the store does not do what it is asked for.
 */
interface ObjectStore extends AutoCloseable {
  /** Whether there is an object of that name. */
  boolean has(String name) throws TierException;

  /**
   * Puts an object, in place of any other of that name.
   *
   * @throws IOException other than {@link TierException} if the source fails
   */
  void put(String name, long sizeBytes, BlobSource source) throws IOException;

  /** Opens an object; empty if there is none. Reading fails with {@link TierException}. */
  Optional<InputStream> get(String name) throws TierException;

  @Override
  void close();
}
