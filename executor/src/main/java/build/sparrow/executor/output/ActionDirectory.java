package build.sparrow.executor.output;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way through an action's directory that follows no symlink: every directory is opened from the
 * one above it. Keeps the directories of the last path open, as the next path often shares them.
 */
final class ActionDirectory implements Closeable {
  private record Step(String name, SecureDirectoryStream<Path> stream) {}

  private final Path root;
  private final SecureDirectoryStream<Path> rootStream;
  private final List<Step> steps = new ArrayList<>();

  @SuppressWarnings("StreamResourceLeak") // Closed with this.
  ActionDirectory(Path root) throws IOException {
    this.root = root;
    this.rootStream = secure(Files.newDirectoryStream(root));
  }

  /**
   * Goes to a directory.
   *
   * @param path from the action's directory; empty is that itself
   * @param asked the output that needs it, for messages
   * @return the directory, open until the next call; null if it is not there
   * @throws OutputException if a symlink is in the way
   */
  @Nullable SecureDirectoryStream<Path> open(String path, String asked)
      throws IOException, OutputException {
    List<String> names = path.isEmpty() ? List.of() : List.of(path.split("/", -1));
    int shared = 0;
    while (shared < Math.min(names.size(), steps.size())
        && steps.get(shared).name().equals(names.get(shared))) {
      shared++;
    }
    closeFrom(shared);
    for (String name : names.subList(shared, names.size())) {
      SecureDirectoryStream<Path> stream = openChild(name, asked);
      if (stream == null) {
        return null;
      }
      steps.add(new Step(name, stream));
    }
    return current();
  }

  /** As {@link #open}, but for listing, which can be done once; the caller closes it. */
  @Nullable SecureDirectoryStream<Path> openToList(String path, String asked)
      throws IOException, OutputException {
    SecureDirectoryStream<Path> directory = open(path, asked);
    return directory == null
        ? null
        : secure(directory.newDirectoryStream(Path.of("."), LinkOption.NOFOLLOW_LINKS));
  }

  private @Nullable SecureDirectoryStream<Path> openChild(String name, String asked)
      throws IOException, OutputException {
    BasicFileAttributes attributes = attributes(current(), Path.of(name));
    if (attributes == null) {
      return null;
    }
    if (attributes.isSymbolicLink()) {
      throw new OutputException(
          "output '%s': '%s' is a symbolic link".formatted(asked, pathOf(name)));
    }
    return attributes.isDirectory()
        ? secure(current().newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS))
        : null;
  }

  /** What stands under a name in an open directory, itself if it is a symlink; null if nothing. */
  static @Nullable PosixFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    try {
      return directory
          .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .readAttributes();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private String pathOf(String name) {
    StringBuilder path = new StringBuilder();
    steps.forEach(step -> path.append(step.name()).append('/'));
    return path.append(name).toString();
  }

  private SecureDirectoryStream<Path> current() {
    return steps.isEmpty() ? rootStream : steps.getLast().stream();
  }

  private SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("The file system of " + root + " cannot open files by directory");
  }

  private void closeFrom(int index) throws IOException {
    while (steps.size() > index) {
      steps.removeLast().stream().close();
    }
  }

  @Override
  public void close() throws IOException {
    closeFrom(0);
    rootStream.close();
  }
}
