package build.sparrow.cas.replica.member;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk holds all that the shard ever acknowledged and has not evicted. It does not if
 * it is new, and it may not if the machine has been down since, which may have lost the last writes
 * that were not forced to the disk; a process that dies alone loses nothing. A file says on which
 * boot of a machine the disk was last known to be complete.
 */
final class Standing {
  private static final Logger log = LoggerFactory.getLogger(Standing.class);
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path file;
  private final String boot;
  private final String generation;
  private volatile boolean complete;

  private Standing(Path file, String boot, String generation, boolean complete) {
    this.file = file;
    this.boot = boot;
    this.generation = generation;
    this.complete = complete;
  }

  /** Reads how the shard stood. */
  static Standing open(Path file) throws IOException {
    return open(file, Files.readString(BOOT_ID).strip());
  }

  static Standing open(Path file, String boot) throws IOException {
    List<String> lines = lines(file);
    if (lines.size() == 2 && lines.getFirst().equals(boot)) {
      return new Standing(file, boot, lines.getLast(), true);
    }
    Files.deleteIfExists(file);
    return new Standing(file, boot, UUID.randomUUID().toString(), false);
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /** Drawn anew whenever the disk may have lost what the shard had acknowledged. */
  String generation() {
    return generation;
  }

  /** Whether the word of this shard counts that something is missing. */
  boolean isComplete() {
    return complete;
  }

  /** All that may have been missing is there. */
  void completed() throws IOException {
    write();
    complete = true;
  }

  /** Something that was acknowledged may be missing; also for whoever opens it next. */
  void doubt() {
    complete = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.atError()
          .addKeyValue("file", file)
          .setCause(e)
          .log("Delete this file before the shard starts again: its disk may lack something");
    }
  }

  private void write() throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.wrap((boot + "\n" + generation + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
