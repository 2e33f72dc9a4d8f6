package build.sparrow.executor.input;

import java.util.List;

/**
 * Everything in an input root, in the order in which it can be made.
 *
 * @param directories paths from the root, parents before children, without the root itself
 */
public record InputTree(List<String> directories, List<File> files, List<Link> links) {
  /** One file, with its path from the root. */
  record File(String path, FileKey key) {}

  /** One symlink, with its path from the root. */
  record Link(String path, String target) {}

  /** Copies the lists. */
  public InputTree {
    directories = List.copyOf(directories);
    files = List.copyOf(files);
    links = List.copyOf(links);
  }
}
