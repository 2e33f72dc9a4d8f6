package build.sparrow.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A directory that one farm, or one process of a farm, has for itself. The lock is the operating
 * system's: it ends with the process, however that ends.
 */
final class DataDirectory implements AutoCloseable {
  private static final String LOCK_FILE = "sparrow.lock";

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory if it does not exist, and locks it.
   *
   * @throws CommandFailure if it cannot be written to or another process has it
   */
  static DataDirectory open(Path path) throws CommandFailure {
    Path directory = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve(LOCK_FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new CommandFailure(
            "Data directory %s is in use by process %s; stop it or choose another with --data-dir"
                .formatted(directory, Files.readString(directory.resolve(LOCK_FILE)).strip()));
      }
      channel.truncate(0);
      channel.write(
          StandardCharsets.US_ASCII.encode(Long.toString(ProcessHandle.current().pid())), 0);
      return new DataDirectory(directory, channel);
    } catch (IOException e) {
      throw new CommandFailure(
          "Data directory %s cannot be used: %s; choose another with --data-dir"
              .formatted(directory, explain(e)),
          e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Held by this very process.
    }
  }

  private static String explain(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "permission denied at " + denied.getFile();
      case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
      case FileSystemException other when other.getReason() != null ->
          other.getFile() + ": " + other.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  Path path() {
    return path;
  }

  /** Lets another process have the directory. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
