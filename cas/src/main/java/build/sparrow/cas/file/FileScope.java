package build.sparrow.cas.file;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one namespace, {@code <instance>/<function>}, with 256 folders in it by the first
 * byte of the hash. Two folders of the same name are never opened, so equality is identity.
 */
final class FileScope {
  private static final int SHARDS = 256;
  private static final int HASH_PREFIX = 2;
  // File names end at 255 bytes.
  private static final int MAX_READABLE_LENGTH = 200;

  private final Path folder;
  private final AtomicIntegerArray shardExists = new AtomicIntegerArray(SHARDS);

  FileScope(Path folder) {
    this.folder = folder;
  }

  /**
   * The name of the namespace's folder beneath the root: {@code n-} and the instance name with all
   * but letters, digits, dots, dashes and underscores as %XX, or {@code h-} and its SHA-256 where
   * that would be too long; then the function. No two namespaces share a name.
   */
  static String folderName(BlobScope scope) {
    String instance = scope.instance().value();
    byte[] utf8 = instance.getBytes(StandardCharsets.UTF_8);
    StringBuilder name = new StringBuilder("n-");
    for (byte octet : utf8) {
      char c = (char) (octet & 0xff);
      if (isPlain(c)) {
        name.append(c);
      } else {
        name.append('%').append("%02x".formatted((int) c));
      }
    }
    String readable =
        name.length() <= MAX_READABLE_LENGTH
            ? name.toString()
            : "h-" + DigestFunction.SHA256.digestOf(utf8).hash();
    return readable + "/" + scope.function().name().toLowerCase(Locale.ROOT);
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '_';
  }

  /** The file of the digest, whether it exists or not. */
  Path file(Digest digest) {
    return Path.of(
        folder
            + "/"
            + digest.hash().substring(0, HASH_PREFIX)
            + "/"
            + digest.hash()
            + "-"
            + digest.sizeBytes());
  }

  /** The digest that {@link #file} gives that name; null if it gives it to none. */
  static @Nullable Digest parse(Path file) {
    String name = String.valueOf(file.getFileName());
    int dash = name.indexOf('-');
    if (dash < HASH_PREFIX) {
      return null;
    }
    try {
      Digest digest = new Digest(name.substring(0, dash), Long.parseLong(name.substring(dash + 1)));
      return (digest.hash() + "-" + digest.sizeBytes()).equals(name) ? digest : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Makes the folder that the file of the digest belongs in, if that was not done yet. */
  void makeFolderFor(Digest digest) throws IOException {
    int shard = Integer.parseInt(digest.hash(), 0, HASH_PREFIX, 16);
    if (shardExists.get(shard) == 0) {
      Files.createDirectories(folder.resolve(digest.hash().substring(0, HASH_PREFIX)));
      shardExists.set(shard, 1);
    }
  }
}
