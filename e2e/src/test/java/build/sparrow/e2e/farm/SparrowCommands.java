package build.sparrow.e2e.farm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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
    List<String> shards =
        IntStream.range(0, layout.shards()).mapToObj(_ -> "127.0.0.1:" + FreePorts.next()).toList();
    List<FarmProcess> processes = new ArrayList<>();
    for (int i = 0; i < layout.shards(); i++) {
      processes.add(shard(Farm.shardName(i), shards.get(i), shards));
    }
    List<String> frontend = new ArrayList<>(List.of("--port", port(address)));
    frontend.addAll(storage(shards));
    processes.add(server("frontend", frontend.toArray(String[]::new)));
    for (int i = 0; i < layout.executors(); i++) {
      processes.add(executor(Farm.executorName(i), shards));
    }
    return processes;
  }

  private FarmProcess shard(String name, String shard, List<String> all) {
    List<String> command = command("shard", "--port", port(shard), "--data-dir", data(name));
    if (all.size() > 1) {
      command.addAll(storage(all));
      command.add("--address=" + shard);
    }
    return new FarmProcess(name, directory, command, "Endpoint:");
  }

  private static List<String> storage(List<String> shards) {
    return shards.stream().map(shard -> "--shard=" + shard).toList();
  }

  private FarmProcess server(String role, String... options) {
    return new FarmProcess(role, directory, command(role, options), "Endpoint:");
  }

  private FarmProcess executor(String name, List<String> shards) {
    List<String> command =
        command(
            "executor",
            "--pool=" + FarmLayout.POOL,
            "--name=" + name,
            "--frontend=" + address,
            "--data-dir=" + data(name));
    command.addAll(storage(shards));
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
