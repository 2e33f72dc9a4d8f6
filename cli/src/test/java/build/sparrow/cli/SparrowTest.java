package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import build.sparrow.cas.CasConfig;
import build.sparrow.cas.StorageEngine;
import build.sparrow.cas.segment.Durability;
import build.sparrow.cli.Roles.RunningServer;
import build.sparrow.executor.ExecutorConfig;
import build.sparrow.service.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SparrowTest {
  private static final String FARM =
      """
      apiVersion: sparrow.build/v1alpha1
      kind: BuildFarm
      metadata: {name: test}
      spec:
        frontend: {replicas: 2}
        executorPools:
        - name: linux
          replicas: 2
          slots: 3
          disruption: {drainTimeoutSeconds: 7}
      """;

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final RecordingRoles roles = new RecordingRoles();
  private final StopSignal stop = StopSignal.of(() -> {});

  @BeforeEach
  void stopAtOnce() {
    stop.signalled();
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains("up", "status", "why", "drain", "shard", "frontend", "executor")
        .contains("generate-completion")
        .contains("Exit codes: 0 done");
  }

  @Test
  void versionIsToldWithJavas() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("sparrow ").contains("Java 25");
  }

  @Test
  void frontendThatIsToKnowOthersNeedsToKnowItself() throws Exception {
    String file = farm(FARM).toString();
    String[] alone = {"frontend", "-f", file, "--port", "0", "--shard", "127.0.0.1:1"};

    assertThat(run(with(alone, "--peers", "frontends.example:8980"))).isNotZero();
    assertThat(err.toString()).contains("--peers and --address go together; give --address, too");
    assertThat(run(with(alone, "--address", "10.0.0.1"))).isNotZero();
    assertThat(err.toString()).contains("give --peers, too");
    assertThat(run(with(alone, "--peers", "frontends.example:8980", "--address", "here")))
        .isNotZero();
    assertThat(err.toString()).contains("--address is here, which is no IP address");
  }

  @Test
  void actionsAreLoggedByOneFrontendOnly() throws Exception {
    String log = folder.resolve("actions.jsonl").toString();

    assertThat(up(farm(FARM), "--action-log", log)).isNotZero();

    assertThat(err.toString())
        .contains("--action-log needs one frontend, but frontend.replicas is 2");
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void completionKnowsTheCommands() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).contains("complete -F").contains("--pool-root");
  }

  @Test
  void mistakesOfTheCommandLineEndWith2() {
    assertThat(run("upp")).isEqualTo(2);
    assertThat(run("up")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
    assertThat(run("status", "--endpoint", "nowhere")).isEqualTo(2);
    assertThat(err.toString())
        .contains("Did you mean: sparrow up")
        .contains("Missing required option: '--file=FILE'")
        .contains("Name one of the commands")
        .contains("the port is missing; give host:port");
  }

  @Test
  void everyMistakeOfTheYamlIsToldAtOnce() throws IOException {
    Path file =
        farm(
            """
            apiVersion: sparrow.build/v1alpha1
            kind: BuildFarm
            metadata: {nmae: test}
            spec:
              frontend: {replicas: none}
              executorPools:
              - name: linux
                slotss: 4
              - name: linux
                platform: [{name: cpu, value: arm64}]
                slots: 0
                sandbox: {type: Bublewrap}
            """);

    assertThat(run("up", "-f", file.toString())).isEqualTo(2);
    assertThat(err.toString().lines()).first().isEqualTo(file + " has 7 mistakes:");
    assertThat(err.toString())
        .contains("line 3: metadata.nmae (value test): unknown key")
        .contains("did you mean name?")
        .contains("line 3: metadata.name: missing; give the farm a name, as main")
        .contains(
            "line 5: spec.frontend.replicas (value none): expected a whole number up to 2147483647,"
                + " found a text")
        .contains("line 8: spec.executorPools[0].slotss (value 4): unknown key")
        .contains("did you mean slots?")
        .contains(
            "line 9: spec.executorPools[1].name (value linux): the name of spec.executorPools[0],"
                + " too; give another")
        .contains("line 11: spec.executorPools[1].slots (value 0): out of bounds; give 1 to 1024")
        .contains(
            "line 12: spec.executorPools[1].sandbox.type (value Bublewrap): unknown value; valid"
                + " are Bubblewrap, None; did you mean Bubblewrap?")
        .doesNotContain("\tat ");
    assertThat(roles.events).isEmpty();
  }

  @Test
  void missingFileIsOneLine() {
    assertThat(run("up", "-f", "/nowhere/farm.yaml")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "/nowhere/farm.yaml does not exist; name a BuildFarm YAML with -f, as"
                + " examples/local/buildfarm.yaml\n");
  }

  @Test
  void farmStartsInOrder_tellsItsEndpointOnce_andStopsInReverse() throws IOException {
    assertThat(up(farm(FARM), "--port", "0")).isZero();

    assertThat(out.toString().lines().filter(line -> line.startsWith("Endpoint: ")))
        .singleElement()
        .asString()
        .matches("Endpoint: grpc://127\\.0\\.0\\.1:[0-9]+");
    assertThat(out.toString()).contains("build --remote_executor=grpc://127.0.0.1:");
    assertThat(roles.events.subList(0, 3))
        .containsExactly("start shard", "start frontend-0", "start frontend-1");
    assertThat(roles.events.subList(3, 5))
        .containsExactlyInAnyOrder("start linux-0", "start linux-1");
    assertThat(roles.events.subList(5, 9))
        .containsExactlyInAnyOrder(
            "drain linux-0 within 7 s",
            "close linux-0",
            "drain linux-1 within 7 s",
            "close linux-1");
    assertThat(roles.events.subList(9, roles.events.size()))
        .containsExactly("close frontend-1", "close frontend-0", "close shard");
    assertThat(err.toString())
        .contains("The farm runs: 1 shard, 2 frontends, 2 executors with 6 slots")
        .contains("Stopping frontend-1\nStopping frontend-0\nStopping the shard\n")
        .endsWith("The farm has stopped\n");
  }

  @Test
  void whatCannotStartIsOneLine_andTheRestIsStopped() throws IOException {
    roles.failToStart("linux-1");

    assertThat(up(farm(FARM), "--port", "0")).isEqualTo(1);
    assertThat(err.toString())
        .contains("linux-1 found no bwrap; install bubblewrap\n")
        .doesNotContain("\tat ");
    assertThat(out.toString()).doesNotContain("Endpoint");
    assertThat(roles.events)
        .contains("close linux-0", "close frontend-1", "close frontend-0", "close shard");
  }

  @Test
  void verboseShowsWhereAFailureCameFrom() throws IOException {
    roles.failToStart("shard");

    assertThat(up(farm(FARM), "--port", "0", "--verbose")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat build.sparrow.cli.RecordingRoles");
  }

  @Test
  void portInUseIsOneLine() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      String port = Integer.toString(other.getLocalPort());

      assertThat(up(farm(FARM), "--port", port)).isEqualTo(1);
      assertThat(err.toString()).contains("Port " + port + " of 127.0.0.1 is in use");
    }
  }

  @Test
  void poolRootMustBeAPoolsWithASandbox() throws IOException {
    Path file = farm(FARM);

    assertThat(up(file, "--pool-root", "linx=/")).isEqualTo(1);
    assertThat(err.toString()).contains("The farm has no pool linx; it has linux");
  }

  @Test
  void eachRoleRunsAlone() throws IOException {
    String file = farm(FARM).toString();
    String data = folder.resolve("data").toString();

    assertThat(run("shard", "-f", file, "--port", "0", "--data-dir", data)).isZero();
    assertThat(run("frontend", "-f", file, "--port", "0", "--shard", "127.0.0.1:1")).isZero();
    assertThat(
            run(
                "executor",
                "-f",
                file,
                "--pool",
                "linux",
                "--name",
                "linux-7",
                "--frontend",
                "127.0.0.1:1",
                "--frontend",
                "127.0.0.1:2",
                "--shard",
                "127.0.0.1:3",
                "--data-dir",
                data))
        .isZero();

    assertThat(out.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Endpoint: grpc://127.0.0.1:"),
            line -> assertThat(line).startsWith("Endpoint: grpc://127.0.0.1:"),
            line -> assertThat(line).isEqualTo("Ready: linux-7"));
    assertThat(roles.events)
        .containsExactly(
            "start shard",
            "close shard",
            "start frontend-0",
            "close frontend-0",
            "start linux-7",
            "drain linux-7 within 7 s",
            "close linux-7");
  }

  @Test
  void aWatchedFrontendLetsItsClientsGoBeforeItStops() throws IOException {
    String file = farm(FARM).toString();

    int exit =
        run(
            "frontend",
            "-f",
            file,
            "--listen",
            "127.0.0.1:0",
            "--metrics-listen",
            "127.0.0.1:0",
            "--unready-seconds",
            "0",
            "--shard",
            "127.0.0.1:1");

    assertThat(exit).isZero();
    assertThat(roles.events)
        .containsExactly("start frontend-0", "retire frontend-0 within 15 s", "close frontend-0");
  }

  @Test
  void anExecutorMayFindItsFrontendsByName() throws IOException {
    String file = farm(FARM).toString();
    String data = folder.resolve("data").toString();
    List<String> executor =
        List.of(
            "executor",
            "-f",
            file,
            "--pool",
            "linux",
            "--name",
            "linux-7",
            "--shard",
            "127.0.0.1:3",
            "--data-dir",
            data);

    assertThat(run(executor.toArray(String[]::new))).isEqualTo(1);
    assertThat(err.toString()).contains("--frontend-service");

    List<String> found = new ArrayList<>(executor);
    found.addAll(List.of("--frontend-service", "farm-frontends.builds.svc:8980"));

    assertThat(run(found.toArray(String[]::new))).isZero();
    assertThat(roles.executors)
        .extracting(ExecutorConfig::frontendService)
        .containsExactly(new Endpoint("farm-frontends.builds.svc", 8980));
  }

  @Test
  void everyShardOfAFarmIsNamedOnce_orAllAtOnce() throws IOException {
    String file = farm(FARM + "  storage: {shards: 3}\n").toString();
    String[] frontend = {"frontend", "-f", file, "--port", "0"};
    String[] shard = {
      "shard", "-f", file, "--port", "0", "--data-dir", folder.resolve("data").toString()
    };
    String[] all = {"--shard", "s-*.example:1"};

    assertThat(run(with(frontend, "--shard", "127.0.0.1:1"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("The farm has 3 shards (spec.storage.shards), while --shard names 1");
    assertThat(run(with(frontend, all))).isZero();
    assertThat(run(with(frontend, "--shard=a:1", "--shard=b:1", "--shard=c:1"))).isZero();
    assertThat(run(with(shard, all))).isEqualTo(1);
    assertThat(err.toString()).contains("say with --address which of");
    assertThat(run(with(with(shard, all), "--address", "s-x.example:1"))).isEqualTo(1);
    assertThat(err.toString()).contains("address is s-x.example:1, which is none of the shards");
    assertThat(run(with(with(shard, all), "--address", "s-3.example:1"))).as("it joins").isZero();
    assertThat(run(with(with(shard, all), "--address", "s-2.example:1"))).isZero();
  }

  @Test
  void aShardKeepsBlobsAsItIsTold() throws IOException {
    String file = farm(FARM).toString();
    String data = folder.resolve("data").toString();
    String[] shard = {"shard", "-f", file, "--port", "0", "--data-dir", data};

    assertThat(run(shard)).isZero();
    assertThat(run(with(shard, "--engine", "segments", "--sync-each-blob"))).isZero();
    assertThat(run(with(shard, "--engine", "files"))).isZero();
    assertThat(run(with(shard, "--engine", "rows"))).isEqualTo(2);

    assertThat(roles.shards)
        .extracting(CasConfig::engine, CasConfig::durability)
        .containsExactly(
            tuple(StorageEngine.AS_FOUND, Durability.GROUPED),
            tuple(StorageEngine.SEGMENTS, Durability.BEFORE_ACKNOWLEDGED),
            tuple(StorageEngine.FILES, Durability.GROUPED));
    assertThat(err.toString()).contains("there is no engine \"rows\"; give segments or files");
  }

  @Test
  void statusIsToldAsTextOrAsJson_beforeTheStorageOrAfterIt() throws Exception {
    try (RunningServer frontend = roles.serve("frontend-0")) {
      String endpoint = frontend.endpoint().toString();

      assertThat(run("status", "storage", "--endpoint", endpoint)).isZero();
      assertThat(out.toString()).contains("s-0:1  silent (UNAVAILABLE)");
      out.getBuffer().setLength(0);

      assertThat(run("status", "--endpoint", endpoint, "storage", "--output", "json")).isZero();
      assertThat(out.toString()).contains("\"shard\": \"s-0:1\"").contains("\"copies\": 0");
      out.getBuffer().setLength(0);

      assertThat(run("status", "--endpoint", endpoint, "--output", "json")).isZero();
      assertThat(out.toString()).contains("\"executors\": []");
    }
  }

  @Test
  void storageIsAskedOfTheNextFrontendIfOneIsAway() throws Exception {
    try (RunningServer frontend = roles.serve("frontend-1")) {
      int exit =
          run(
              "status",
              "storage",
              "--endpoint",
              "127.0.0.1:1",
              "--endpoint",
              frontend.endpoint().toString());

      assertThat(exit).isZero();
      assertThat(out.toString()).contains("s-0:1  silent (UNAVAILABLE)");
    }
  }

  @Test
  void aServerListensAtOnePlace() throws IOException {
    String file = farm(FARM).toString();

    assertThat(
            run(
                "frontend",
                "-f",
                file,
                "--port",
                "1",
                "--listen",
                "0.0.0.0:2",
                "--shard",
                "127.0.0.1:1"))
        .isEqualTo(1);

    assertThat(err.toString()).contains("--port is 1 and --listen is 0.0.0.0:2; give one of them");
  }

  @Test
  void questionsToNobodyAreAnsweredWithOneLine() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    for (List<String> question :
        List.of(
            List.of("status"),
            List.of("status", "storage"),
            List.of("why", "x"),
            List.of("drain", "x"))) {
      String[] args = {
        question.getFirst(), "--endpoint", Endpoint.loopback(free).toString(), question.getLast()
      };

      assertThat(run(question.size() == 1 ? new String[] {args[0], args[1], args[2]} : args))
          .isEqualTo(1);
    }
    assertThat(err.toString().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("Nothing answers at grpc://127.0.0.1:" + free));
  }

  private Path farm(String yaml) throws IOException {
    return Files.writeString(folder.resolve("farm.yaml"), yaml);
  }

  private int up(Path file, String... more) {
    String[] args = new String[more.length + 5];
    args[0] = "up";
    args[1] = "-f";
    args[2] = file.toString();
    args[3] = "--data-dir";
    args[4] = folder.resolve("data").toString();
    System.arraycopy(more, 0, args, 5, more.length);
    return run(args);
  }

  private int run(String... args) {
    return Sparrow.commandLine(roles, () -> stop)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }
}
