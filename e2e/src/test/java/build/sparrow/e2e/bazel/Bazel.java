package build.sparrow.e2e.bazel;

import static java.util.Objects.requireNonNull;

import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.Prerequisites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A Bazel that builds on a farm, with the flags that the farm tells its users to set and no others
 * about remote execution. Register it in a static field.
 */
public final class Bazel implements ExecutionCondition, BeforeAllCallback, BeforeEachCallback {
  private static final Namespace SERVERS = Namespace.create(Bazel.class);

  private final String name;
  private final Supplier<List<String>> bazelrcLines;
  private final Supplier<BazelServer> maker;
  private @Nullable BazelServer server;

  private Bazel(String name, Supplier<List<String>> bazelrcLines, Supplier<BazelServer> maker) {
    this.name = name;
    this.bazelrcLines = bazelrcLines;
    this.maker = maker;
  }

  /** The Bazel of one user of the farm. */
  public static Bazel first(Farm farm) {
    return with("first", farm::bazelrcLines);
  }

  /** The Bazel of another user, with a checkout of the same sources. */
  public static Bazel second(Farm farm) {
    return with("second", farm::bazelrcLines);
  }

  /**
   * The Bazel of a user who has these lines in the {@code .bazelrc}.
   *
   * @param name of the user; one server works for all tests of the same name
   * @param bazelrcLines asked for with each command
   */
  public static Bazel with(String name, Supplier<List<String>> bazelrcLines) {
    return new Bazel(name, bazelrcLines, () -> BazelServer.make(name));
  }

  /** As {@link #with}, in a copy of other sources than the tests' own. */
  public static Bazel in(Path sources, String name, Supplier<List<String>> bazelrcLines) {
    return new Bazel(name, bazelrcLines, () -> BazelServer.make(name, sources));
  }

  /** Runs a command to its end, as {@code run("build", "//greeting:hello")}. */
  public BazelResult run(String command, String... arguments) {
    return start(command, arguments).await();
  }

  /** Starts a command that talks to the farm. */
  public BazelCommand start(String command, String... arguments) {
    BazelServer server = server();
    Path bazelrc = server.newFile(".bazelrc");
    Path grpcLog = server.newFile(".grpc");
    try {
      Files.write(bazelrc, bazelrcLines.get());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write " + bazelrc, e);
    }
    List<String> line = new ArrayList<>();
    line.add(command);
    line.add("--remote_grpc_log=" + grpcLog);
    line.addAll(List.of(arguments));
    return BazelCommand.start(
        server, server.commandLine(List.of("--bazelrc=" + bazelrc), line), grpcLog);
  }

  /** Forgets all outputs on this side, so that the next build asks the farm for each. */
  public void clean() {
    BazelServer server = server();
    BazelCommand.start(server, server.commandLine(List.of(), List.of("clean"))).await().succeeded();
  }

  /** A source file, by its path in the workspace. */
  public Path source(String path) {
    return server().workspace().resolve(path);
  }

  /** An output file, by its path below {@code bazel-bin}. */
  public Path output(String path) {
    BazelServer server = server();
    BazelResult info =
        BazelCommand.start(server, server.commandLine(List.of(), List.of("info", "bazel-bin")))
            .await()
            .succeeded();
    // Warnings may stand before it.
    return Path.of(info.output().lines().toList().getLast()).resolve(path);
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Prerequisites.condition(context, Prerequisites.lackOfBazel());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    server =
        context
            .getRoot()
            .getStore(SERVERS)
            .getOrComputeIfAbsent(name, _ -> maker.get(), BazelServer.class);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    clean();
  }

  private BazelServer server() {
    return requireNonNull(server, "No test runs");
  }
}
