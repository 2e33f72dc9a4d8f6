package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What keeps an action away from its executor and from others. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"type", "rootDirectory", "seccompProfile"})
@ValidationRule(
    value = "self.type == 'Bubblewrap' || !has(self.rootDirectory)",
    message = "leave rootDirectory out or set type to Bubblewrap: without a sandbox there is none")
@ValidationRule(
    value = "!has(self.rootDirectory) || self.rootDirectory.startsWith('/')",
    message = "give rootDirectory as an absolute path, as /toolchain")
public record SandboxSpec(
    @JsonPropertyDescription(
            "Bubblewrap gives each action namespaces of its own, with no network; an executor that"
                + " cannot do so does not start. None runs actions as plain processes: for trusted"
                + " actions only.")
        @Default("Bubblewrap")
        Type type,
    @JsonPropertyDescription(
            "The directory that an action sees as /, read-only: the toolchain. By default / of the"
                + " executor itself.")
        @Size(min = 1, max = 4096)
        @Nullable String rootDirectory,
    @JsonPropertyDescription(
            "The seccomp profile of the executor's pod. By default none is set for Bubblewrap,"
                + " which needs system calls that RuntimeDefault forbids, and RuntimeDefault for"
                + " None. Where a kubelet's seccompDefault takes none for RuntimeDefault, name a"
                + " Localhost profile; Unconfined by name needs the namespace's Pod Security level"
                + " privileged.")
        @Nullable SeccompProfile seccompProfile) {
  static final SandboxSpec DEFAULTS = new SandboxSpec(Type.BUBBLEWRAP, null, null);

  /** How an action is kept apart. */
  public enum Type {
    @JsonProperty("Bubblewrap")
    BUBBLEWRAP,
    @JsonProperty("None")
    NONE
  }

  /** The seccomp profile of a pod. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"type", "localhostProfile"})
  @ValidationRule(
      value = "(self.type == 'Localhost') == has(self.localhostProfile)",
      message = "give localhostProfile with type Localhost, and only with it")
  public record SeccompProfile(
      @JsonPropertyDescription("Where the profile comes from.") @Required SeccompType type,
      @JsonPropertyDescription(
              "For type Localhost: the file of the profile, below the kubelet's directory of"
                  + " profiles.")
          @Size(min = 1, max = 1024)
          @Nullable String localhostProfile) {
    public SeccompProfile {
      type = Absent.or(type, SeccompType.UNCONFINED);
    }
  }

  /** Where a seccomp profile comes from. */
  public enum SeccompType {
    @JsonProperty("Unconfined")
    UNCONFINED("Unconfined"),
    @JsonProperty("Localhost")
    LOCALHOST("Localhost"),
    @JsonProperty("RuntimeDefault")
    RUNTIME_DEFAULT("RuntimeDefault");

    private final String word;

    SeccompType(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }

  public SandboxSpec {
    type = Absent.or(type, Type.BUBBLEWRAP);
  }

  /** The directory that an action sees as {@code /}. */
  public String rootDirectoryOrDefault() {
    return rootDirectory == null ? "/" : rootDirectory;
  }
}
