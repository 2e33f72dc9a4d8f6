package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.reapi.validation.PathRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The places that a Command names, from the input root, without "." and "..".
 *
 * @param workingDirectory empty is the input root itself
 * @param outputs what is wanted of the command, each place once
 */
record CommandPaths(String workingDirectory, List<Output> outputs) {
  /** What a Command says about the type of an output. */
  enum Kind {
    FILE,
    DIRECTORY,
    ANY
  }

  /**
   * One output.
   *
   * @param asked the path as the Command has it, for messages
   * @param path from the input root
   */
  record Output(String asked, String path, Kind kind) {}

  /**
   * Checks the paths of a command by themselves and against each other.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the path
   */
  static CommandPaths of(Command command) {
    String workingDirectory = PathRules.workingDirectory(command.getWorkingDirectory());
    List<Output> outputs =
        command.getOutputPathsCount() > 0
            ? outputPaths(command, workingDirectory)
            : filesAndDirectories(command, workingDirectory);
    checkEachOnce(outputs);
    checkNothingBeneathFiles(outputs);
    return new CommandPaths(workingDirectory, outputs);
  }

  private static List<Output> outputPaths(Command command, String workingDirectory) {
    List<Output> outputs = new ArrayList<>();
    for (String asked : command.getOutputPathsList()) {
      outputs.add(new Output(asked, PathRules.outputPath(workingDirectory, asked), Kind.ANY));
    }
    return outputs;
  }

  // Clients before 2.1 say of what type their outputs are.
  private static List<Output> filesAndDirectories(Command command, String workingDirectory) {
    List<Output> outputs = new ArrayList<>();
    for (String asked : command.getOutputFilesList()) {
      String path = PathRules.outputPath(workingDirectory, asked);
      if (path.isEmpty()) {
        throw ReapiStatus.invalidArgument(
            "output file %s is the input root itself".formatted(ReapiStatus.quote(asked)));
      }
      outputs.add(new Output(asked, path, Kind.FILE));
    }
    for (String asked : command.getOutputDirectoriesList()) {
      outputs.add(
          new Output(asked, PathRules.outputDirectory(workingDirectory, asked), Kind.DIRECTORY));
    }
    return outputs;
  }

  private static void checkEachOnce(List<Output> outputs) {
    Map<String, String> askedByPath = new HashMap<>();
    for (Output output : outputs) {
      String other = askedByPath.put(output.path(), output.asked());
      if (other != null) {
        throw ReapiStatus.invalidArgument(
            "output paths %s and %s are the same place; name it once"
                .formatted(ReapiStatus.quote(other), ReapiStatus.quote(output.asked())));
      }
    }
  }

  private static void checkNothingBeneathFiles(List<Output> outputs) {
    Set<String> files = new HashSet<>();
    for (Output output : outputs) {
      if (output.kind() == Kind.FILE) {
        files.add(output.path());
      }
    }
    if (files.isEmpty()) {
      return;
    }
    for (Output output : outputs) {
      String path = output.path();
      for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        if (files.contains(path.substring(0, end))) {
          throw ReapiStatus.invalidArgument(
              "output %s lies beneath an output file".formatted(ReapiStatus.quote(output.asked())));
        }
      }
    }
  }
}
