package build.sparrow.cas.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes the files that a store writes to; the place where a test lets a disk be full. */
@FunctionalInterface
interface FileCreator {
  /** Creates the file, which must not exist, and opens it for writing. */
  WritableByteChannel create(Path file) throws IOException;

  /** Files of the file system, without anything forced to the disk. */
  static FileCreator system() {
    return file -> FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }
}
