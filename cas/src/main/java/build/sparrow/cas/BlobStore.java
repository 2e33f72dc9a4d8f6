package build.sparrow.cas;

import build.sparrow.cas.zstd.ZstdCodec;
import build.sparrow.reapi.Compressor;
import build.sparrow.reapi.Digest;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Blobs by digest. Safe for many threads; the methods may block.
 *
 * <p>What {@link #findMissing}, {@link #read} or {@link #readAll} found, or an upload stored, stays
 * readable for at least the lease of the store. The empty blob is always present. No bytes leave a
 * store that do not match the digest they were asked by, as far as a whole blob was asked for
 * plain. Frames were compared with it when they came, and with checksums since; who decodes them
 * has the digest.
 */
public interface BlobStore {
  /** Which of the digests are not held. */
  Set<Digest> findMissing(BlobScope scope, Collection<Digest> digests) throws IOException;

  /**
   * Opens a blob for reading.
   *
   * @param offset first byte to read, from 0 to {@code digest.sizeBytes()} inclusive
   * @param limit the most bytes to read; 0 reads to the end
   * @return the bytes; the caller closes the stream. If the whole blob was asked for, its last
   *     bytes are withheld until all were found to match the digest
   * @throws BlobMissingException if the blob is not held; a stream that finds the blob corrupt
   *     throws it too
   * @throws IllegalArgumentException if offset or limit are out of range
   */
  InputStream read(BlobScope scope, Digest digest, long offset, long limit) throws IOException;

  /**
   * Opens an upload, which the caller closes. Uploads of the same blob at the same time are fine.
   *
   * @throws BlobTooLargeException if no amount of eviction could make room
   */
  BlobUpload write(BlobScope scope, Digest digest) throws IOException;

  /**
   * As {@link #write}, for bytes that come as zstd frames, which the store may keep as they are.
   *
   * @param zstd decodes them, and bounds the memory that this takes
   * @return the upload, which throws {@link build.sparrow.cas.zstd.MalformedZstdException} if what
   *     it takes is not zstd
   */
  default BlobUpload writeZstd(BlobScope scope, Digest digest, ZstdCodec zstd) throws IOException {
    BlobUpload plain = write(scope, digest);
    try {
      return new DecodingUpload(plain, zstd.decoder(digest.sizeBytes(), plain));
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  /**
   * As {@link #read} to the end, but as zstd frames: those that the store keeps, or one made now.
   *
   * @param offset in the blob, not in the frames
   */
  default InputStream readZstd(BlobScope scope, Digest digest, long offset, ZstdCodec zstd)
      throws IOException {
    InputStream plain = read(scope, digest, offset, 0);
    return zstd.compressing(plain, digest.sizeBytes() - offset);
  }

  /**
   * Stores a blob that can be read again from its start, so that an upload that broke off is tried
   * again, or resumed, within the bounds of the store.
   *
   * @throws DigestMismatchException if the source holds something else than the digest says
   */
  default void writeFrom(BlobScope scope, Digest digest, BlobSource source) throws IOException {
    try (BlobUpload upload = write(scope, digest);
        InputStream in = source.open()) {
      byte[] chunk = new byte[Math.clamp(digest.sizeBytes(), 1, CasLimits.CHUNK_BYTES)];
      while (!upload.alreadyStored()) {
        int count = in.read(chunk, 0, chunk.length);
        if (count < 0) {
          break;
        }
        upload.write(chunk, 0, count);
      }
      upload.commit();
    }
  }

  /**
   * Reads small blobs, verified, in as few round trips as possible.
   *
   * @return those that are held; the caller bounds the sum of the sizes
   * @throws IllegalArgumentException if one has more than {@link CasLimits#MAX_BATCH_BYTES}
   */
  default Map<Digest, ByteString> readAll(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    CasLimits.checkSmall(digests);
    Map<Digest, ByteString> blobs = new HashMap<>();
    for (Digest digest : new HashSet<>(digests)) {
      try (InputStream in = read(scope, digest, 0, 0)) {
        blobs.put(digest, ByteString.readFrom(in));
      } catch (BlobMissingException _) {
        // Left out of the answer.
      }
    }
    return blobs;
  }

  /** As {@link #readAll}, but blobs that the store keeps as zstd frames come as these. */
  default Map<Digest, EncodedBlob> readAllEncoded(BlobScope scope, Collection<Digest> digests)
      throws IOException {
    Map<Digest, EncodedBlob> blobs = HashMap.newHashMap(digests.size());
    readAll(scope, digests)
        .forEach((digest, blob) -> blobs.put(digest, new EncodedBlob(Compressor.IDENTITY, blob)));
    return blobs;
  }

  /**
   * As {@link #writeAll(BlobScope, Map)}, with frames that the store may keep instead.
   *
   * @param frames what some of the blobs are in zstd, as the caller has seen by decoding it
   */
  default void writeAll(
      BlobScope scope, Map<Digest, ByteString> blobs, Map<Digest, ByteString> frames)
      throws IOException {
    writeAll(scope, blobs);
  }

  /**
   * Stores small blobs, verified, in as few round trips as possible. If one fails, those before it
   * may have been stored.
   *
   * @throws DigestMismatchException if bytes do not match their digest
   * @throws IllegalArgumentException if one has more than {@link CasLimits#MAX_BATCH_BYTES}
   */
  default void writeAll(BlobScope scope, Map<Digest, ByteString> blobs) throws IOException {
    CasLimits.checkSmall(blobs.keySet());
    for (Map.Entry<Digest, ByteString> blob : blobs.entrySet()) {
      try (BlobUpload upload = write(scope, blob.getKey())) {
        upload.write(blob.getValue());
        upload.commit();
      }
    }
  }
}
