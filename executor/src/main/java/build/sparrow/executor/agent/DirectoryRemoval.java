package build.sparrow.executor.agent;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Removes a directory that an action had to itself: directories without permissions, names that
 * lead elsewhere and trees deeper than a path can be long are all things that actions leave.
 */
final class DirectoryRemoval {
  private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rwx------");

  /** Well below PATH_MAX, with room for one more name. */
  private static final int MAX_PATH_CHARACTERS = 1500;

  private final Path top;
  private final Deque<Path> deep = new ArrayDeque<>();
  private int moved;

  private DirectoryRemoval(Path top) {
    this.top = top;
  }

  /** Removes a directory and all in it, if it exists. No process may work in it any more. */
  static void remove(Path directory) throws IOException {
    DirectoryRemoval removal = new DirectoryRemoval(directory);
    try {
      removal.empty(directory);
      while (!removal.deep.isEmpty()) {
        Path next = removal.deep.remove();
        removal.empty(next);
        Files.delete(next);
      }
      Files.delete(directory);
    } catch (NoSuchFileException e) {
      // Gone already.
    }
  }

  private void empty(Path directory) throws IOException {
    try (DirectoryStream<Path> entries = open(directory)) {
      for (Path entry : entries) {
        PosixFileAttributes attributes =
            Files.readAttributes(entry, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isDirectory()) {
          Files.delete(entry);
        } else {
          if (!attributes.permissions().containsAll(ALL)) {
            Files.setPosixFilePermissions(entry, ALL);
          }
          removeBelow(entry);
        }
      }
    }
  }

  private void removeBelow(Path directory) throws IOException {
    if (directory.toString().length() > MAX_PATH_CHARACTERS) {
      // To the top, where its path is short again.
      Path shorter = top.resolve("removed-" + moved++);
      Files.move(directory, shorter);
      deep.add(shorter);
    } else {
      empty(directory);
      Files.delete(directory);
    }
  }

  @SuppressWarnings("StreamResourceLeak") // The caller closes it.
  private static DirectoryStream<Path> open(Path directory) throws IOException {
    try {
      return Files.newDirectoryStream(directory);
    } catch (AccessDeniedException e) {
      Files.setPosixFilePermissions(directory, ALL);
      return Files.newDirectoryStream(directory);
    }
  }
}
