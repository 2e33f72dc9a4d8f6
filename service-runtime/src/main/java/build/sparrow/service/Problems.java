package build.sparrow.service;

/** Takes up what is wrong with a configuration beyond its form, all of it before anything fails. */
@FunctionalInterface
public interface Problems {
  /**
   * Notes a mistake.
   *
   * @param path of the value, as {@code spec.executorPools[0].slots}
   * @param reason what is wrong and what to write instead
   */
  void add(String path, String reason);
}
