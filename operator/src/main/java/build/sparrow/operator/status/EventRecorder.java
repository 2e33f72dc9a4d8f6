package build.sparrow.operator.status;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Tells people what has happened, where they look for it: at the resource that it is about. */
@FunctionalInterface
public interface EventRecorder {
  /**
   * Records that something happened. Never throws, and says the same of the same resource at most
   * once a minute.
   *
   * @param reason in CamelCase
   */
  void record(HasMetadata about, Severity severity, String reason, String message);

  /** Whether somebody should look. */
  enum Severity {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String word;

    Severity(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }
}
