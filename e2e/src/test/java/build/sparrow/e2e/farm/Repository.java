package build.sparrow.e2e.farm;

import java.nio.file.Path;

/** Where the scripts and examples under test are. */
public final class Repository {
  private static final String ROOT_PROPERTY = "sparrow.repository";

  private Repository() {}

  /** A script of {@code tools/}, as an absolute path. */
  public static Path tool(String name) {
    return path("tools/" + name);
  }

  /** A file or directory, by its path from the root, as an absolute path. */
  public static Path path(String path) {
    String root = System.getProperty(ROOT_PROPERTY);
    if (root == null) {
      throw new IllegalStateException(
          "System property " + ROOT_PROPERTY + " is not set; give the repository's root directory");
    }
    return Path.of(root).toAbsolutePath().normalize().resolve(path);
  }
}
