package build.sparrow.cas.segment;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.InstanceName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A namespace in 16 bytes: the beginning of the SHA-256 of the instance's name. */
record ScopeTag(long high, long low) {
  static final int BYTES = 16;

  private static final ScopeTag ROOT = of(InstanceName.ROOT);

  static ScopeTag of(BlobScope scope) {
    return scope.instance().equals(InstanceName.ROOT) ? ROOT : of(scope.instance());
  }

  private static ScopeTag of(InstanceName instance) {
    ByteBuffer hash =
        ByteBuffer.wrap(sha256().digest(instance.value().getBytes(StandardCharsets.UTF_8)));
    return new ScopeTag(hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java runtime lacks SHA-256", e);
    }
  }
}
