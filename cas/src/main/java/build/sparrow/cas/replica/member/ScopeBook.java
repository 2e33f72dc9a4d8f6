package build.sparrow.cas.replica.member;

import build.sparrow.cas.BlobScope;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The namespaces in which the shard has stored blobs, one a line of a file: stores keep no more of
 * an instance's name than they need to tell it from others, and lists must name it.
 */
final class ScopeBook implements Closeable {
  private final FileChannel file;
  private final Set<BlobScope> scopes = ConcurrentHashMap.newKeySet();

  private ScopeBook(FileChannel file) {
    this.file = file;
  }

  static ScopeBook open(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    ScopeBook book = new ScopeBook(file);
    // A line that a crash cut short has no end, and its namespace no blob yet.
    String text = Files.readString(path);
    int end = text.lastIndexOf('\n') + 1;
    text.substring(0, end).lines().forEach(line -> book.scopes.add(parse(line)));
    file.truncate(text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
    return book;
  }

  private static BlobScope parse(String line) {
    int space = line.indexOf(' ');
    return new BlobScope(
        new InstanceName(URLDecoder.decode(line.substring(space + 1), StandardCharsets.UTF_8)),
        DigestFunction.valueOf(line.substring(0, space)));
  }

  /** Writes the namespace down before its first blob is stored. */
  void note(BlobScope scope) throws IOException {
    if (!scopes.contains(scope)) {
      write(scope);
    }
  }

  private synchronized void write(BlobScope scope) throws IOException {
    if (scopes.contains(scope)) {
      return;
    }
    String name = URLEncoder.encode(scope.instance().value(), StandardCharsets.UTF_8);
    ByteBuffer line =
        ByteBuffer.wrap(
            (scope.function().name() + " " + name + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      file.write(line);
    }
    file.force(false);
    scopes.add(scope);
  }

  List<BlobScope> scopes() {
    return List.copyOf(scopes);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
