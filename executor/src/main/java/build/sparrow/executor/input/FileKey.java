package build.sparrow.executor.input;

import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import org.jspecify.annotations.Nullable;

/** What one cached file is: a content, executable or not. */
record FileKey(DigestFunction function, Digest digest, boolean isExecutable) {
  private static final int BUCKET_CHARACTERS = 2;

  /** Where the cache keeps the file, relative to its directory. */
  String path() {
    return "%s/%s-%s-%d%s"
        .formatted(
            digest.hash().substring(0, BUCKET_CHARACTERS),
            function,
            digest.hash(),
            digest.sizeBytes(),
            isExecutable ? "-x" : "");
  }

  /** The way back from a file's name; null if the cache did not make it. */
  static @Nullable FileKey ofName(String name) {
    String[] parts = name.split("-", -1);
    boolean isExecutable = parts.length == 4 && parts[3].equals("x");
    if (parts.length != 3 && !isExecutable) {
      return null;
    }
    try {
      FileKey key =
          new FileKey(
              DigestFunction.valueOf(parts[0]),
              new Digest(parts[1], Long.parseLong(parts[2])),
              isExecutable);
      return key.digest.hash().length() == key.function.hexLength() ? key : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
