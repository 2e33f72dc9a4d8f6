package build.sparrow.cas.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The file system. */
final class SystemDisk implements Disk {
  @Override
  public DiskFile create(Path file) throws IOException {
    return new SystemFile(
        file,
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  @Override
  public DiskFile open(Path file) throws IOException {
    return new SystemFile(file, reopen(file));
  }

  private static FileChannel reopen(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isRegularFile)) {
      entries.forEach(files::add);
    }
    return files;
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  /** A file that many threads share, of which any may be interrupted. */
  private static final class SystemFile implements DiskFile {
    private final Path file;
    private volatile FileChannel channel;
    private volatile boolean closed;

    SystemFile(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    /** What is done to the file. */
    @FunctionalInterface
    private interface Work<T> {
      T on(FileChannel channel) throws IOException;
    }

    /**
     * A thread that is interrupted while it uses a channel closes it for all. The others open the
     * file again and go on; the one that was interrupted fails.
     */
    private <T> T use(Work<T> work) throws IOException {
      while (true) {
        FileChannel used = channel;
        try {
          return work.on(used);
        } catch (ClosedChannelException e) {
          if (closed || Thread.currentThread().isInterrupted()) {
            throw e;
          }
          replace(used);
        }
      }
    }

    private synchronized void replace(FileChannel used) throws IOException {
      if (channel.equals(used) && !closed) {
        channel = reopen(file);
      }
    }

    @Override
    public int read(ByteBuffer bytes, long position) throws IOException {
      int from = bytes.position();
      return use(
          channel -> {
            int count = 0;
            while (count >= 0 && bytes.hasRemaining()) {
              count = channel.read(bytes, position + bytes.position() - from);
            }
            return bytes.position() - from;
          });
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
      int from = bytes.position();
      use(
          channel -> {
            while (bytes.hasRemaining()) {
              channel.write(bytes, position + bytes.position() - from);
            }
            return true;
          });
    }

    @Override
    public void sync() throws IOException {
      use(
          channel -> {
            channel.force(false);
            return true;
          });
    }

    @Override
    public void truncate(long bytes) throws IOException {
      use(channel -> channel.truncate(bytes));
    }

    @Override
    public long size() throws IOException {
      return use(FileChannel::size);
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      channel.close();
    }
  }
}
