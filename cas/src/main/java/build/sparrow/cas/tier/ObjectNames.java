package build.sparrow.cas.tier;

import build.sparrow.cas.replica.call.Item;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What the objects of blobs are called: {@code <prefix>blobs/sha256/i<instance>/<hash>-<size>}, the
 * instance's name as in a URL.
 *
 * @param prefix of all names; may be empty
 */
record ObjectNames(String prefix) {
  String of(Item.Blob blob) {
    return "%sblobs/%s/i%s/%s-%d"
        .formatted(
            prefix,
            blob.scope().function().name().toLowerCase(Locale.ROOT),
            URLEncoder.encode(blob.scope().instance().value(), StandardCharsets.UTF_8),
            blob.digest().hash(),
            blob.digest().sizeBytes());
  }
}
