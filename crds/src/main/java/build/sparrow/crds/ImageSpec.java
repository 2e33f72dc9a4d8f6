package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The image of the farm's own processes, and how the images of its pods are pulled. */
@ValidationRule(
    value = "has(self.repository) || !has(self.tag) && !has(self.digest)",
    message = "give repository, too, or leave tag and digest out: they say nothing without it")
@ValidationRule(
    value =
        "!has(self.repository) || has(self.digest) || has(self.tag) && self.tag != " + "'latest'",
    message = "give a digest, or a tag other than latest: that may be another image tomorrow")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"repository", "tag", "digest", "pullPolicy", "pullSecrets"})
public record ImageSpec(
    @JsonPropertyDescription(
            "Where the image of frontend, storage and executors lies, as"
                + " registry.example.com/sparrow. By default theirs is the operator's own image.")
        @Size(min = 1, max = 255)
        @Nullable String repository,
    @JsonPropertyDescription("The image's tag; not looked at where there is a digest.")
        @Size(min = 1, max = 128)
        @Nullable String tag,
    @JsonPropertyDescription("The image's digest, as sha256: and 64 hexadecimal digits.")
        @Pattern(Forms.DIGEST)
        @Size(min = 71, max = 71)
        @Nullable String digest,
    @JsonPropertyDescription("When a node pulls the image.") @Default("IfNotPresent")
        PullPolicy pullPolicy,
    @JsonPropertyDescription(
            "Secrets of the farm's namespace with which its pods pull this image and those of the"
                + " pools.")
        @Default("[]")
        @Size(max = 8)
        List<PullSecret> pullSecrets) {
  public static final ImageSpec DEFAULTS =
      new ImageSpec(null, null, null, PullPolicy.IF_NOT_PRESENT, List.of());

  public ImageSpec {
    pullPolicy = Absent.or(pullPolicy, PullPolicy.IF_NOT_PRESENT);
    pullSecrets = List.copyOf(Absent.or(pullSecrets, List.of()));
  }

  /** As a pod names it, null if the spec names none. */
  public @Nullable String reference() {
    return repository == null ? null : reference(repository, tag, digest);
  }

  static String reference(String repository, @Nullable String tag, @Nullable String digest) {
    if (digest != null) {
      return repository + "@" + digest;
    }
    return tag == null ? repository : repository + ":" + tag;
  }

  /** When a node pulls an image. */
  public enum PullPolicy {
    @JsonProperty("Always")
    ALWAYS("Always"),
    @JsonProperty("IfNotPresent")
    IF_NOT_PRESENT("IfNotPresent"),
    @JsonProperty("Never")
    NEVER("Never");

    private final String word;

    PullPolicy(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
    }
  }

  /** A secret with the right to pull. */
  public record PullSecret(
      @JsonPropertyDescription("The secret's name.") @Required @Size(min = 1, max = 253)
          String name) {
    public PullSecret {
      name = Absent.or(name, "");
    }
  }
}
