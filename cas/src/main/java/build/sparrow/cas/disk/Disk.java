package build.sparrow.cas.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Files in folders, as an engine sees them. Safe for many threads. */
public interface Disk {
  /** Creates a file, which must not exist, for reading and writing. */
  DiskFile create(Path file) throws IOException;

  /**
   * Opens a file for reading and writing.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  DiskFile open(Path file) throws IOException;

  /** Gives a file another name in its folder, replacing what had that name. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file if it exists; who has it open goes on reading it. */
  void delete(Path file) throws IOException;

  /** The files in a folder, without its folders, in no order. */
  List<Path> list(Path folder) throws IOException;

  /** Makes names that were given and taken in a folder durable. */
  void syncFolder(Path folder) throws IOException;

  /** Bytes that can still be written to the volume of a folder. */
  long usableBytes(Path folder) throws IOException;

  /** The file system of this machine. */
  static Disk system() {
    return new SystemDisk();
  }

  /** Whether a failure says that there is no room on the volume. */
  static boolean isFull(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left on device") || message.contains("quota exceeded");
  }
}
