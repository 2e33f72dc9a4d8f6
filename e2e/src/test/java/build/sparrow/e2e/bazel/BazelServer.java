package build.sparrow.e2e.bazel;

import build.sparrow.e2e.farm.Directories;
import build.sparrow.e2e.farm.Repository;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One Bazel server with its workspace and its output base. It lives until the last test has run.
 */
final class BazelServer implements AutoCloseable {
  private static final String TOOLCHAIN_BAZEL = Repository.tool("toolchain-bazel").toString();

  private final Path directory;
  private final AtomicInteger commands = new AtomicInteger();

  private BazelServer(Path directory) {
    this.directory = directory;
  }

  /** Makes a copy of the workspace; the server itself starts with the first command. */
  static BazelServer make(String name) {
    return make(name, workspaceSource());
  }

  /** As {@link #make(String)}, with other sources. */
  static BazelServer make(String name, Path sources) {
    Path directory = Directories.make("bazel-" + name);
    Directories.copy(sources, directory.resolve("workspace"));
    return new BazelServer(directory);
  }

  Path workspace() {
    return directory.resolve("workspace");
  }

  /** A file for one command's use; no two calls give the same. */
  Path newFile(String suffix) {
    return directory.resolve("command-" + commands.incrementAndGet() + suffix);
  }

  /** The whole command line of a Bazel command. */
  List<String> commandLine(List<String> startupOptions, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(TOOLCHAIN_BAZEL);
    line.add("--output_base=" + directory.resolve("output"));
    line.add("--host_jvm_args=-Xmx400m");
    line.addAll(startupOptions);
    line.addAll(arguments);
    return line;
  }

  @Override
  public void close() {
    BazelCommand.start(this, commandLine(List.of(), List.of("shutdown"))).await();
    Directories.delete(directory);
  }

  private static Path workspaceSource() {
    URL marker = Objects.requireNonNull(BazelServer.class.getResource("/workspace/WORKSPACE"));
    try {
      return Objects.requireNonNull(Path.of(marker.toURI()).getParent());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
