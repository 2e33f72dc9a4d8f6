package build.sparrow.executor.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One file of the cache; guarded by the cache's lock where nothing else is said. */
final class CacheEntry {
  final FileKey key;
  final Path file;

  /** Attempts that use it now; it is not evicted meanwhile. */
  int users;

  /** Names of its inode in the directories of actions. */
  int links;

  /** Whether the file is left from an earlier process and was not hashed since. */
  boolean isUnverified;

  /** Whether some action wrote to it; then another file may be in its place by now. */
  volatile boolean isChanged;

  private @Nullable State recorded;

  CacheEntry(FileKey key, Path file, boolean isUnverified) {
    this.key = key;
    this.file = file;
    this.isUnverified = isUnverified;
  }

  /** What a write through a link changes. */
  private record State(long sizeBytes, FileTime modified, Set<PosixFilePermission> permissions) {}

  /** Remembers the file as it is now. */
  void record() throws IOException {
    recorded = state();
  }

  /** Whether the file is still as it was when it was recorded. */
  boolean isAsRecorded() {
    try {
      return !isChanged && state().equals(recorded);
    } catch (IOException e) {
      return false;
    }
  }

  private State state() throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return new State(attributes.size(), attributes.lastModifiedTime(), attributes.permissions());
  }
}
