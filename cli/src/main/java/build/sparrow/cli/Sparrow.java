package build.sparrow.cli;

import static java.util.Objects.requireNonNull;

import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.LogBridge;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code sparrow} command. */
@Command(
    name = "sparrow",
    description =
        "Runs remote build farms for Bazel and other clients of the Remote Execution API.",
    mixinStandardHelpOptions = true,
    versionProvider = Sparrow.Version.class,
    subcommands = {
      UpCommand.class,
      StatusCommand.class,
      WhyCommand.class,
      DrainCommand.class,
      ShardCommand.class,
      FrontendCommand.class,
      ExecutorCommand.class,
      AutoComplete.GenerateCompletion.class,
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 it could not be done, 2 a mistake in the command line or the YAML."
    })
public final class Sparrow implements Runnable {
  private static final int FAILED = 1;
  private static final int MISTAKEN = 2;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show what happens inside, and stack traces of failures.")
  private boolean verbose;

  public static void main(String[] args) {
    boolean verbose = List.of(args).contains("--verbose");
    if (!verbose && System.getenv("SPARROW_LOG_LEVEL") == null) {
      System.setProperty("SPARROW_LOG_LEVEL", "WARN"); // Before the first logger is made.
    }
    LogBridge.install();
    System.exit(commandLine(new InProcessRoles(), StopSignal::install).execute(args));
  }

  static CommandLine commandLine(Roles roles, Supplier<StopSignal> signals) {
    Sparrow sparrow = new Sparrow();
    return new CommandLine(sparrow, new CommandFactory(roles, signals))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(sparrow::explain);
  }

  @Override
  public void run() {
    throw new ParameterException(requireNonNull(spec).commandLine(), "Name one of the commands");
  }

  private int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (verbose) {
      failure.printStackTrace(err);
    }
    switch (failure) {
      case InvalidConfigurationException invalid -> {
        err.println(invalid.getMessage());
        return MISTAKEN;
      }
      case CommandFailure known -> err.println(known.getMessage());
      case InterruptedException interrupted -> err.println("Interrupted");
      default -> {
        String message = failure.getMessage();
        err.println(message == null || message.isBlank() ? failure.toString() : message);
      }
    }
    return FAILED;
  }

  /** Says which build this is. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version =
          Optional.ofNullable(Sparrow.class.getPackage())
              .map(Package::getImplementationVersion)
              .orElse("(unpackaged)");
      return new String[] {
        "sparrow " + version, "Java " + Runtime.version() + " on " + System.getProperty("os.arch")
      };
    }
  }

  /** Gives the commands that start processes the means to do so. */
  private record CommandFactory(Roles roles, Supplier<StopSignal> signals)
      implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      Object command =
          switch (type.getSimpleName()) {
            case "UpCommand" -> new UpCommand(roles, signals);
            case "ShardCommand" -> new ShardCommand(roles, signals);
            case "FrontendCommand" -> new FrontendCommand(roles, signals);
            case "ExecutorCommand" -> new ExecutorCommand(roles, signals);
            default -> CommandLine.defaultFactory().create(type);
          };
      return type.cast(command);
    }
  }
}
