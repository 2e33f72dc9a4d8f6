package build.sparrow.cas.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that grows in room that it takes from its tree, until it is published or dropped. */
final class TemporaryFile implements Closeable {
  private final FileTree tree;
  private final Path file;
  private final WritableByteChannel channel;
  private long writtenBytes;
  private long reservedBytes;
  private boolean settled;

  TemporaryFile(FileTree tree, Path file, WritableByteChannel channel) {
    this.tree = tree;
    this.file = file;
    this.channel = channel;
  }

  /** Writes all that remains in the buffer, having taken room for it. */
  void write(ByteBuffer bytes) throws IOException {
    long needed = FileTree.roomFor(writtenBytes + bytes.remaining());
    if (needed > reservedBytes) {
      tree.reserve(needed - reservedBytes);
      reservedBytes = needed;
    }
    try {
      while (bytes.hasRemaining()) {
        writtenBytes += channel.write(bytes);
      }
    } catch (IOException e) {
      throw tree.explained(e);
    }
  }

  /** Ends the file and gives it its name, unless the key is held and not to be replaced. */
  void publish(FileKey key, boolean replace) throws IOException {
    try {
      channel.close();
    } catch (IOException e) {
      throw tree.explained(e);
    }
    settled = tree.publish(file, key, reservedBytes, replace);
  }

  /** Drops the file if it was not published. */
  @Override
  public void close() throws IOException {
    if (settled) {
      return;
    }
    settled = true;
    try {
      channel.close();
    } finally {
      tree.release(reservedBytes);
      Files.deleteIfExists(file);
    }
  }
}
