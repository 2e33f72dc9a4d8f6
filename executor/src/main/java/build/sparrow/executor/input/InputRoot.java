package build.sparrow.executor.input;

import build.sparrow.cas.BlobScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The directory of one action, with its inputs in it. */
public final class InputRoot implements AutoCloseable {
  private final Path directory;
  private final InputLease lease;

  private InputRoot(Path directory, InputLease lease) {
    this.directory = directory;
    this.lease = lease;
  }

  /**
   * Makes an input tree in an empty directory.
   *
   * @param outputs paths whose parents are made, too
   * @return what holds the inputs; the caller closes it after it removed the directory
   */
  public static InputRoot make(
      Path directory, BlobScope scope, InputTree tree, Collection<String> outputs, InputCache cache)
      throws IOException, InputsMissingException {
    List<FileKey> keys = tree.files().stream().map(InputTree.File::key).toList();
    InputRoot root = new InputRoot(directory, cache.acquire(scope, keys));
    boolean isComplete = false;
    try {
      root.fill(tree);
      root.makeParents(tree, outputs);
      isComplete = true;
      return root;
    } finally {
      if (!isComplete) {
        root.close();
      }
    }
  }

  private void fill(InputTree tree) throws IOException {
    for (String path : tree.directories()) {
      Files.createDirectory(directory.resolve(path));
    }
    for (InputTree.File file : tree.files()) {
      lease.link(file.key(), directory.resolve(file.path()));
    }
    for (InputTree.Link link : tree.links()) {
      Files.createSymbolicLink(directory.resolve(link.path()), Path.of(link.target()));
    }
  }

  /**
   * Makes the directories that lead to outputs. No symlink is followed, as it may lead out of the
   * action's directory; what an action makes of it is seen when its outputs are collected.
   */
  private void makeParents(InputTree tree, Collection<String> outputs) throws IOException {
    Set<String> made = new HashSet<>(tree.directories());
    for (String output : outputs) {
      for (int slash = output.indexOf('/'); slash > 0; slash = output.indexOf('/', slash + 1)) {
        String parent = output.substring(0, slash);
        if (!made.contains(parent)) {
          Path path = directory.resolve(parent);
          if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            break;
          }
          Files.createDirectory(path);
          made.add(parent);
        }
      }
    }
  }

  /** Looks for inputs that the action wrote to. */
  public InputCheck check() {
    return lease.check();
  }

  @Override
  public void close() {
    lease.close();
  }
}
