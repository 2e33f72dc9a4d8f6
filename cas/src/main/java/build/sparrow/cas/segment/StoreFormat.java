package build.sparrow.cas.segment;

import build.sparrow.cas.disk.Disk;
import build.sparrow.cas.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code format} of a store's folder: which format the segments have, and what they all
 * depend on.
 *
 * @param secret from which all numbers are drawn that nobody outside may know
 */
record StoreFormat(Instant madeAt, long secret) {
  private static final String FILE = "format";
  private static final String FORMAT = "sparrow segments, format ";
  private static final String VERSION = "2";
  // Knows no codec but the plain one, and would take other records for damaged ones.
  private static final String VERSION_WITHOUT_CODECS = "1";
  private static final String MADE = "made ";
  private static final String SECRET = "secret ";
  private static final int LINES = 3;
  private static final int MAX_FILE_BYTES = 4096;

  /**
   * Reads the file, or makes it in a folder that has neither it nor segments.
   *
   * @throws IOException that says what to do, if the folder is of another format
   */
  static StoreFormat readOrMake(Disk disk, Path folder, boolean hasSegments, Instant now)
      throws IOException {
    Optional<String> text = text(disk, folder.resolve(FILE));
    if (text.isPresent()) {
      StoreFormat found = parse(folder, text.get());
      if (!text.get().startsWith(FORMAT + VERSION)) {
        found.write(disk, folder);
      }
      return found;
    }
    if (hasSegments) {
      throw new IOException(
          "Folder %s holds segments, but the file %s that says how to read them is gone; bring it back, or empty the folder and lose what is cached"
              .formatted(folder, FILE));
    }
    StoreFormat made =
        new StoreFormat(Instant.ofEpochSecond(now.getEpochSecond()), new SecureRandom().nextLong());
    made.write(disk, folder);
    return made;
  }

  /** Whether the folder is that of a store of segments. */
  static boolean exists(Disk disk, Path folder) throws IOException {
    return text(disk, folder.resolve(FILE)).isPresent();
  }

  private static Optional<String> text(Disk disk, Path file) throws IOException {
    try (DiskFile opened = disk.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(MAX_FILE_BYTES);
      opened.read(bytes, 0);
      return Optional.of(new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static StoreFormat parse(Path folder, String text) throws IOException {
    List<String> lines = text.lines().toList();
    String version = lines.isEmpty() ? "" : after(FORMAT, lines.getFirst());
    if (!version.isEmpty() && !version.equals(VERSION) && !version.equals(VERSION_WITHOUT_CODECS)) {
      throw new IOException(
          "Folder %s has format %s, while this version reads formats up to %s; use the version that wrote it, or empty the folder and lose what is cached"
              .formatted(folder, version, VERSION));
    }
    if (!version.isEmpty() && lines.size() == LINES) {
      try {
        return new StoreFormat(
            Instant.parse(after(MADE, lines.get(1))),
            Long.parseUnsignedLong(after(SECRET, lines.get(2)), 16));
      } catch (DateTimeException | NumberFormatException e) {
        // Damaged, as any other text.
      }
    }
    throw new IOException(
        "File %s is damaged; bring it back, or empty the folder and lose what is cached"
            .formatted(folder.resolve(FILE)));
  }

  private static String after(String word, String line) {
    return line.startsWith(word) ? line.substring(word.length()) : "";
  }

  private void write(Disk disk, Path folder) throws IOException {
    Path temporary = folder.resolve(FILE + SegmentStore.TEMPORARY_SUFFIX);
    disk.delete(temporary);
    try (DiskFile file = disk.create(temporary)) {
      String text =
          "%s%s\n%s%s\n%s%016x\n".formatted(FORMAT, VERSION, MADE, madeAt, SECRET, secret);
      file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
      file.sync();
    }
    disk.rename(temporary, folder.resolve(FILE));
    disk.syncFolder(folder);
  }
}
