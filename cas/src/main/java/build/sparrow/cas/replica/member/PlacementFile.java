package build.sparrow.cas.replica.member;

import build.sparrow.cas.replica.call.Placement;
import build.sparrow.service.Endpoint;
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
import java.util.Optional;

/**
 * The placement that a shard has, over restarts: it never goes back to an earlier one. A line for
 * each shard, and one with a + before it for the one that joins.
 */
final class PlacementFile {
  private static final String JOINING = "+";

  private final Path file;

  PlacementFile(Path file) {
    this.file = file;
  }

  /**
   * The placement that was written last; empty if none was, as on a new disk.
   *
   * @throws IOException if the file holds something else
   */
  Optional<Placement> read(int copies) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
    try {
      Placement placement =
          new Placement(
              lines.stream()
                  .filter(line -> !line.startsWith(JOINING))
                  .map(Endpoint::parse)
                  .toList(),
              copies);
      for (String line : lines) {
        if (line.startsWith(JOINING)) {
          placement = placement.joinedBy(Endpoint.parse(line.substring(JOINING.length())));
        }
      }
      return Optional.of(placement);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s names no shards of a farm: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Writes it; it is on the disk when this returns. */
  void write(Placement placement) throws IOException {
    StringBuilder text = new StringBuilder();
    placement.shards().forEach(shard -> text.append(shard).append('\n'));
    placement.joining().ifPresent(shard -> text.append(JOINING).append(shard).append('\n'));
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(file.resolveSibling("."))) {
      folder.force(true);
    }
  }
}
