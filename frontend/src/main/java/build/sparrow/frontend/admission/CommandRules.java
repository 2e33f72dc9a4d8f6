package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.ReapiStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a Command must be for any executor to start it. Environment variables out of order are let
 * pass, though the protocol wants them sorted: clients send them, and no run is harmed by it.
 */
final class CommandRules {
  private CommandRules() {}

  /**
   * Checks arguments and environment; {@link CommandPaths} checks the paths.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the argument or the variable
   */
  static void check(Command command) {
    checkArguments(command.getArgumentsList());
    Set<String> names = new HashSet<>();
    for (var variable : command.getEnvironmentVariablesList()) {
      checkVariable(variable.getName(), variable.getValue());
      if (!names.add(variable.getName())) {
        throw ReapiStatus.invalidArgument(
            "environment variable %s is set twice; set it once"
                .formatted(ReapiStatus.quote(variable.getName())));
      }
    }
  }

  private static void checkArguments(List<String> arguments) {
    if (arguments.isEmpty()) {
      throw ReapiStatus.invalidArgument("command has no arguments; the first names the program");
    }
    if (arguments.getFirst().isEmpty()) {
      throw ReapiStatus.invalidArgument("argument 1 of the command is empty; it names the program");
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).indexOf('\0') >= 0) {
        throw ReapiStatus.invalidArgument(
            "argument %d of the command is %s: a NUL character cannot be passed to a program"
                .formatted(i + 1, ReapiStatus.quote(arguments.get(i))));
      }
    }
  }

  private static void checkVariable(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
      throw ReapiStatus.invalidArgument(
          "environment variable name is %s: a name is not empty and has neither '=' nor NUL"
              .formatted(ReapiStatus.quote(name)));
    }
    if (value.indexOf('\0') >= 0) {
      throw ReapiStatus.invalidArgument(
          "environment variable %s has a NUL character in its value"
              .formatted(ReapiStatus.quote(name)));
    }
  }
}
