package build.sparrow.executor.output;

import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.validation.PathRules;
import java.util.ArrayList;
import java.util.List;

/**
 * One output that a command names.
 *
 * @param asked the path as the command has it, which is how the result names it
 * @param path from the input root, without "." and ".."; empty is the root itself
 */
public record OutputPath(String asked, String path, Kind kind) {
  /** What a command says about the type of an output. */
  public enum Kind {
    FILE,
    DIRECTORY,
    ANY
  }

  /**
   * All outputs of a command.
   *
   * @param workingDirectory as PathRules gave it
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if one leaves the input root
   */
  @SuppressWarnings("deprecation") // Clients before 2.1 say of what type their outputs are.
  public static List<OutputPath> of(Command command, String workingDirectory) {
    List<OutputPath> outputs = new ArrayList<>();
    if (command.getOutputPathsCount() > 0) {
      for (String asked : command.getOutputPathsList()) {
        String path = PathRules.outputPath(workingDirectory, asked);
        outputs.add(new OutputPath(asked, path, Kind.ANY));
      }
      return outputs;
    }
    for (String asked : command.getOutputFilesList()) {
      String path = PathRules.outputPath(workingDirectory, asked);
      outputs.add(new OutputPath(asked, path, Kind.FILE));
    }
    for (String asked : command.getOutputDirectoriesList()) {
      String path = PathRules.outputDirectory(workingDirectory, asked);
      outputs.add(new OutputPath(asked, path, Kind.DIRECTORY));
    }
    return outputs;
  }
}
