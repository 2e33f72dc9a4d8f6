package build.sparrow.cli;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.FarmProblem;
import build.sparrow.crds.FarmRules;
import build.sparrow.service.InvalidConfigurationException;
import build.sparrow.service.StrictYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the YAML that describes a farm. */
final class FarmFile {
  private FarmFile() {}

  /**
   * The farm of the file.
   *
   * @throws InvalidConfigurationException with every mistake in it
   * @throws CommandFailure if it cannot be read
   */
  static BuildFarm read(Path file) throws InvalidConfigurationException, CommandFailure {
    if (!Files.isReadable(file)) {
      throw new CommandFailure(
          file
              + (Files.exists(file) ? " cannot be read" : " does not exist")
              + "; name a BuildFarm YAML with -f, as examples/local/buildfarm.yaml");
    }
    try {
      return StrictYaml.read(
          file,
          BuildFarm.class,
          (farm, problems) -> {
            for (FarmProblem problem : FarmRules.problemsOf(farm)) {
              problems.add(problem.path(), problem.reason());
            }
          });
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
