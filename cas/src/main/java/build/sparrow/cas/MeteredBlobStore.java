package build.sparrow.cas;

import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Counts and times what a store is asked for, until closed. */
public final class MeteredBlobStore implements BlobStore, AutoCloseable {
  private final BlobStore base;
  private final CollectorRegistry registry;
  private final Histogram seconds;
  private final Counter failures;
  private final Counter readBytes;
  private final Counter writtenBytes;
  private final Counter digests;

  /**
   * Meters the base, which stays the caller's.
   *
   * @param prefix of the metrics' names: "sparrow_cas"; a registry takes each name once
   */
  public MeteredBlobStore(BlobStore base, String prefix, CollectorRegistry registry) {
    this.base = base;
    this.registry = registry;
    this.seconds =
        Histogram.build(prefix + "_call_seconds", "Time that a call to the blob store took")
            .labelNames("call")
            .buckets(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
            .register(registry);
    this.failures =
        Counter.build(prefix + "_failures_total", "Calls to the blob store that failed, by failure")
            .labelNames("call", "failure")
            .register(registry);
    this.readBytes =
        Counter.build(
                prefix + "_read_bytes_total",
                "Bytes of blobs that were read, in the form in which they were")
            .register(registry);
    this.writtenBytes =
        Counter.build(prefix + "_written_bytes_total", "Bytes of blobs that were stored")
            .register(registry);
    this.digests =
        Counter.build(prefix + "_looked_up_blobs_total", "Blobs looked up, by what was found")
            .labelNames("found")
            .register(registry);
  }

  /** A call to the base. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T metered(String call, Call<T> work) throws IOException {
    try (Histogram.Timer _ = seconds.labels(call).startTimer()) {
      return work.run();
    } catch (StoreException e) {
      failures.labels(call, nameOf(e)).inc();
      throw e;
    } catch (IOException | RuntimeException e) {
      failures.labels(call, "unexpected").inc();
      throw e;
    }
  }

  private static String nameOf(StoreException failure) {
    return switch (failure) {
      case BlobMissingException _ -> "missing";
      case BlobTooLargeException _ -> "too_large";
      case DigestMismatchException _ -> "mismatch";
      case InvalidActionResultException _ -> "invalid_result";
      case StoreFullException _ -> "full";
      case StoreUnavailableException _ -> "unavailable";
    };
  }

  @Override
  public Set<Digest> findMissing(BlobScope scope, Collection<Digest> wanted) throws IOException {
    Set<Digest> missing = metered("find_missing", () -> base.findMissing(scope, wanted));
    digests.labels("missing").inc(missing.size());
    digests.labels("present").inc(Math.max(0, wanted.size() - missing.size()));
    return missing;
  }

  @Override
  public InputStream read(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    return counted(metered("read", () -> base.read(scope, digest, offset, limit)));
  }

  @Override
  public InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    return counted(metered("read_zstd", () -> base.readZstd(scope, digest, offset, zstd)));
  }

  private InputStream counted(InputStream stream) {
    return new FilterInputStream(stream) {
      @Override
      public int read() throws IOException {
        int octet = super.read();
        readBytes.inc(octet < 0 ? 0 : 1);
        return octet;
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        int count = super.read(bytes, from, length);
        readBytes.inc(Math.max(0, count));
        return count;
      }
    };
  }

  @Override
  public BlobUpload write(BlobScope scope, Digest digest) throws IOException {
    return counted(digest, metered("write", () -> base.write(scope, digest)));
  }

  @Override
  public BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    return counted(digest, metered("write_zstd", () -> base.writeZstd(scope, digest, zstd)));
  }

  private BlobUpload counted(Digest digest, BlobUpload upload) {
    return new ForwardingBlobUpload(upload) {
      @Override
      public void commit() throws IOException {
        metered(
            "commit",
            () -> {
              super.commit();
              return true;
            });
        writtenBytes.inc((double) digest.sizeBytes());
      }
    };
  }

  @Override
  public void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    metered(
        "write_from",
        () -> {
          base.writeFrom(scope, digest, source);
          return true;
        });
    writtenBytes.inc((double) digest.sizeBytes());
  }

  @Override
  public Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> wanted)
      throws IOException {
    Map<Digest, ByteString> blobs = metered("read_all", () -> base.readAll(scope, wanted));
    readBytes.inc(sumBytes(blobs.keySet()));
    return blobs;
  }

  @Override
  public Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> wanted)
      throws IOException {
    Map<Digest, EncodedBlob> blobs = metered("read_all", () -> base.readAllEncoded(scope, wanted));
    readBytes.inc(blobs.values().stream().mapToDouble(blob -> blob.data().size()).sum());
    return blobs;
  }

  @Override
  public void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    writeAll(scope, blobs, Map.of());
  }

  @Override
  public void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    metered(
        "write_all",
        () -> {
          base.writeAll(scope, blobs, frames);
          return true;
        });
    writtenBytes.inc(sumBytes(blobs.keySet()));
  }

  private static double sumBytes(Set<Digest> digests) {
    return digests.stream().mapToLong(Digest::sizeBytes).sum();
  }

  @Override
  public void close() {
    List.of(seconds, failures, readBytes, writtenBytes, digests).forEach(registry::unregister);
  }
}
