package build.sparrow.e2e.farm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command lines of {@code sparrow} that make up a farm. */
final class SparrowCommands {
  private static final String SPARROW = Repository.tool("sparrow").toString();

  private final Path directory;
  private final Path yaml;
  private final String address;

  /**
   * @param address where the frontend listens, as {@code 127.0.0.1:8980}
   */
  SparrowCommands(Path directory, Path yaml, String address) {
    this.directory = directory;
    this.yaml = yaml;
    this.address = address;
  }

  /** The processes, in the order in which they are started. */
  List<FarmProcess> processes(FarmLayout layout, boolean oneProcess) {
    if (oneProcess) {
      return List.of(server("up", "--port", port(address), "--data-dir", data("up")));
    }
    String shard = "127.0.0.1:" + FreePorts.next();
    List<FarmProcess> processes = new ArrayList<>();
    processes.add(server("shard", "--port", port(shard), "--data-dir", data("shard")));
    processes.add(server("frontend", "--port", port(address), "--shard", shard));
    for (int i = 0; i < layout.executors(); i++) {
      processes.add(executor(Farm.executorName(i), shard));
    }
    return processes;
  }

  private FarmProcess server(String role, String... options) {
    return new FarmProcess(role, directory, command(role, options), "Endpoint:");
  }

  private FarmProcess executor(String name, String shard) {
    List<String> command =
        command(
            "executor",
            "--pool=" + FarmLayout.POOL,
            "--name=" + name,
            "--frontend=" + address,
            "--shard=" + shard,
            "--data-dir=" + data(name));
    return new FarmProcess(name, directory, command, "Ready:");
  }

  private List<String> command(String role, String... options) {
    List<String> command = new ArrayList<>(List.of(SPARROW, role, "-f", yaml.toString()));
    command.addAll(List.of(options));
    return command;
  }

  private String data(String name) {
    return directory.resolve("data").resolve(name).toString();
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
