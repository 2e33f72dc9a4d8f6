package build.sparrow.cas;

import build.sparrow.reapi.Compressor;
import com.google.protobuf.ByteString;

/**
 * A small blob in one of the forms in which blobs travel.
 *
 * @param data the blob itself, or zstd frames that decode to it
 */
public record EncodedBlob(Compressor compressor, ByteString data) {}
