package build.sparrow.executor.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which an executor keeps all that it has on disk; one process has it at a time.
 */
final class Workspace implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Workspace.class);

  private final Path directory;
  private final Path actions;
  private final FileChannel lock;
  private final AtomicLong places = new AtomicLong();

  private Workspace(Path directory, Path actions, FileChannel lock) {
    this.directory = directory;
    this.actions = actions;
    this.lock = lock;
  }

  /** Takes the directory for this process and removes what actions of an earlier one left. */
  static Workspace open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel lock = lock(directory);
    boolean isOpen = false;
    try {
      Path actions = Files.createDirectories(directory.resolve("actions"));
      try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(actions)) {
        for (Path leftover : leftovers) {
          DirectoryRemoval.remove(leftover);
        }
      }
      isOpen = true;
      return new Workspace(directory.toRealPath(), actions.toRealPath(), lock);
    } finally {
      if (!isOpen) {
        lock.close();
      }
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new IOException(
          "Work directory "
              + directory
              + " is in use by another executor; give each executor one of its own");
    }
    return channel;
  }

  /** The directory itself, without symlinks in its path. */
  Path directory() {
    return directory;
  }

  /** Where the input cache is. */
  Path inputCache() {
    return directory.resolve("inputs");
  }

  /** Makes room for one attempt. */
  Place newPlace() throws IOException {
    Path place = Files.createDirectory(actions.resolve(Long.toString(places.incrementAndGet())));
    return new Place(
        place,
        Files.createDirectory(place.resolve("root")),
        Files.createDirectory(place.resolve("spill")));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  /**
   * Directories of one attempt.
   *
   * @param root becomes the action's directory
   * @param spill for what the action must not reach
   */
  record Place(Path directory, Path root, Path spill) implements AutoCloseable {
    /** Removes all of it. What cannot be removed stays until the next start of the executor. */
    @Override
    public void close() {
      try {
        DirectoryRemoval.remove(directory);
      } catch (IOException e) {
        log.atWarn()
            .addKeyValue("directory", directory)
            .setCause(e)
            .log("Cannot remove the directory of an action");
      }
    }
  }
}
