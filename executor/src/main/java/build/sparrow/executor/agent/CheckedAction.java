package build.sparrow.executor.agent;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.sparrow.cas.BlobScope;
import build.sparrow.executor.output.OutputPath;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.validation.PathRules;
import build.sparrow.scheduling.v1.ActionEnvelope;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An action as a frontend sent it, checked again: this process makes the paths and starts the
 * program that it names.
 *
 * @param workingDirectory from the input root, without "." and ".."; empty is the root itself
 */
record CheckedAction(
    BlobScope scope,
    Digest inputRoot,
    Command command,
    String workingDirectory,
    Map<String, String> environment,
    List<OutputPath> outputs,
    Set<String> inlinedOutputs,
    Duration timeout) {
  /** What the farm gives an action for which nobody said anything. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(15);

  /** Frontends allow less; beyond this, times in nanoseconds would overflow. */
  private static final Duration MAX_TIMEOUT = Duration.ofDays(365);

  /**
   * Checks an action.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming what is wrong
   */
  static CheckedAction of(ActionEnvelope envelope) {
    ActionKey key =
        ActionKey.parse(
            envelope.getInstanceName(), envelope.getDigestFunction(), envelope.getActionDigest());
    Action action = envelope.getAction();
    Command command = envelope.getCommand();
    checkArguments(command);
    String workingDirectory = PathRules.workingDirectory(command.getWorkingDirectory());
    return new CheckedAction(
        BlobScope.of(key),
        Digest.parse(action.getInputRootDigest(), key.function(), "input_root_digest"),
        command,
        workingDirectory,
        environment(command),
        OutputPath.of(command, workingDirectory),
        new HashSet<>(envelope.getInlineOutputFilesList()),
        timeout(envelope));
  }

  private static void checkArguments(Command command) {
    if (command.getArgumentsCount() == 0 || command.getArguments(0).isEmpty()) {
      throw ReapiStatus.invalidArgument("command names no program: its arguments are empty");
    }
    for (String argument : command.getArgumentsList()) {
      if (argument.indexOf('\0') >= 0) {
        throw ReapiStatus.invalidArgument(
            "argument %s of the command has a NUL character"
                .formatted(ReapiStatus.quote(argument)));
      }
    }
  }

  private static Map<String, String> environment(Command command) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (var variable : command.getEnvironmentVariablesList()) {
      String name = variable.getName();
      String value = variable.getValue();
      if (name.isEmpty()
          || name.indexOf('=') >= 0
          || name.indexOf('\0') >= 0
          || value.indexOf('\0') >= 0) {
        throw ReapiStatus.invalidArgument(
            "environment variable %s with value %s cannot be passed to a program"
                .formatted(ReapiStatus.quote(name), ReapiStatus.quote(value)));
      }
      environment.put(name, value);
    }
    return environment;
  }

  private static Duration timeout(ActionEnvelope envelope) {
    Duration timeout = ProtoTimes.duration(envelope.getTimeout());
    if (!timeout.isPositive()) {
      return DEFAULT_TIMEOUT;
    }
    return timeout.compareTo(MAX_TIMEOUT) < 0 ? timeout : MAX_TIMEOUT;
  }
}
