package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** What keeps an action away from its executor and from others. */
@JsonPropertyOrder({"type", "rootDirectory"})
@ValidationRule(
    value = "self.type == 'Bubblewrap' || !has(self.rootDirectory)",
    message = "rootDirectory is for type Bubblewrap only")
@ValidationRule(
    value = "!has(self.rootDirectory) || self.rootDirectory.startsWith('/')",
    message = "rootDirectory is an absolute path")
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
        @Nullable String rootDirectory) {
  static final SandboxSpec DEFAULTS = new SandboxSpec(Type.BUBBLEWRAP, null);

  /** How an action is kept apart. */
  public enum Type {
    @JsonProperty("Bubblewrap")
    BUBBLEWRAP,
    @JsonProperty("None")
    NONE
  }

  public SandboxSpec {
    type = Absent.or(type, Type.BUBBLEWRAP);
  }

  /** The directory that an action sees as {@code /}. */
  public String rootDirectoryOrDefault() {
    return rootDirectory == null ? "/" : rootDirectory;
  }
}
