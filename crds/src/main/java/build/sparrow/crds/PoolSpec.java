package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executors of one platform: an entry of {@code executorPools}. */
@ValidationRule(
    value = "!has(self.image) || self.sandbox.type == 'Bubblewrap'",
    message =
        "leave image out or set sandbox.type to Bubblewrap: without a sandbox an "
            + "action sees the executor's own files")
@ValidationRule(
    value = "!has(self.image) || !has(self.sandbox.rootDirectory)",
    message =
        "give image or sandbox.rootDirectory, not both: either is what an action sees " + "as /")
@ValidationRule(
    value =
        "!has(self.workDir.sizeLimit) || "
            + "quantity(self.workDir.sizeLimit).compareTo(quantity(self.inputCache.sizeLimit)) "
            + "> 0",
    message =
        "raise workDir.sizeLimit above inputCache.sizeLimit: the input cache is a part " + "of it")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
  "name",
  "platform",
  "replicas",
  "slots",
  "resources",
  "sandbox",
  "image",
  "inputCache",
  "workDir",
  "scheduling",
  "autoscaling",
  "disruption"
})
public record PoolSpec(
    @JsonPropertyDescription(
            "The pool's name, unlike any other's: lower-case letters, digits and hyphens.")
        @Required
        @Pattern(Forms.NAME)
        @Size(min = 1, max = 36)
        String name,
    @JsonPropertyDescription(
            "What the executors offer. An action runs where every platform property that it asks"
                + " for is offered; a name may repeat with other values.")
        @Default("[{\"name\": \"OSFamily\", \"value\": \"linux\"}]")
        @Size(max = 64)
        List<PlatformProperty> platform,
    @JsonPropertyDescription("How many executors there are, unless they are autoscaled.")
        @Default("1")
        @Min(0)
        @Max(1000)
        Integer replicas,
    @JsonPropertyDescription(
            "How many actions one executor runs at a time. By default as many as it has"
                + " processors; executors on one machine share its processors.")
        @Min(1)
        @Max(1024)
        @Nullable Integer slots,
    @JsonPropertyDescription("What each executor is given of its node.") @Default("{}")
        Resources resources,
    @JsonPropertyDescription("What keeps an action away from its executor and from others.")
        @Default("{}")
        SandboxSpec sandbox,
    @JsonPropertyDescription(
            "The image whose files an action sees as /, read-only: the toolchain. By default the"
                + " executor's own.")
        @Nullable Image image,
    @JsonPropertyDescription("The executor's local store of input files.") @Default("{}")
        InputCache inputCache,
    @JsonPropertyDescription("The executor's disk: its input cache and the actions' files.")
        @Default("{}")
        WorkDir workDir,
    @JsonPropertyDescription("On which nodes the executors run.") @Default("{}")
        SchedulingSpec scheduling,
    @JsonPropertyDescription("Who decides how many executors there are.") @Default("{}")
        AutoscalingSpec autoscaling,
    @JsonPropertyDescription("What happens when an executor is taken away.") @Default("{}")
        Disruption disruption) {
  static final List<PlatformProperty> LINUX = List.of(new PlatformProperty("OSFamily", "linux"));

  /** A pool of which nothing but the name is written. */
  static PoolSpec named(String name) {
    return new PoolSpec(
        name,
        LINUX,
        1,
        null,
        Resources.DEFAULTS,
        SandboxSpec.DEFAULTS,
        null,
        InputCache.DEFAULTS,
        WorkDir.DEFAULTS,
        SchedulingSpec.DEFAULTS,
        AutoscalingSpec.DEFAULTS,
        Disruption.DEFAULTS);
  }

  public PoolSpec {
    name = Absent.or(name, "");
    replicas = Absent.or(replicas, 1);
    platform = List.copyOf(Absent.or(platform, LINUX));
    resources = Absent.or(resources, Resources.DEFAULTS);
    sandbox = Absent.or(sandbox, SandboxSpec.DEFAULTS);
    inputCache = Absent.or(inputCache, InputCache.DEFAULTS);
    workDir = Absent.or(workDir, WorkDir.DEFAULTS);
    scheduling = Absent.or(scheduling, SchedulingSpec.DEFAULTS);
    autoscaling = Absent.or(autoscaling, AutoscalingSpec.DEFAULTS);
    disruption = Absent.or(disruption, Disruption.DEFAULTS);
  }

  /** Something that an executor offers and an action may ask for. */
  @JsonPropertyOrder({"name", "value"})
  public record PlatformProperty(
      @JsonPropertyDescription("The property's name, as OSFamily.")
          @Required
          @Size(min = 1, max = 256)
          String name,
      @JsonPropertyDescription("The property's value, as linux.") @Required @Size(max = 1024)
          String value) {
    public PlatformProperty {
      name = Absent.or(name, "");
      value = Absent.or(value, "");
    }

    @Override
    public String toString() {
      return name + "=" + value;
    }
  }

  /** The executor's local store of input files. */
  @ValidationRule(
      value =
          "isQuantity(self.sizeLimit) && "
              + "quantity(self.sizeLimit).compareTo(quantity('64Mi')) >= 0 && "
              + "quantity(self.sizeLimit).compareTo(quantity('8Pi')) <= 0",
      message = "give sizeLimit as a size from 64Mi to 8Pi")
  public record InputCache(
      @JsonPropertyDescription("The most bytes that it takes on disk, at least 64Mi.")
          @Default("10Gi")
          Quantity sizeLimit) {
    static final InputCache DEFAULTS = new InputCache(Quantity.parse("10Gi"));

    public InputCache {
      sizeLimit = Absent.or(sizeLimit, Quantity.parse("10Gi"));
    }
  }

  /** An image that serves as a directory. */
  @ValidationRule(
      value = "has(self.digest) || has(self.tag) && self.tag != 'latest'",
      message = "give a digest, or a tag other than latest: that may be another image tomorrow")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"repository", "tag", "digest", "pullPolicy", "mount"})
  public record Image(
      @JsonPropertyDescription("Where the image lies, as registry.example.com/toolchain.")
          @Required
          @Size(min = 1, max = 255)
          String repository,
      @JsonPropertyDescription("The image's tag; not looked at where there is a digest.")
          @Size(min = 1, max = 128)
          @Nullable String tag,
      @JsonPropertyDescription("The image's digest, as sha256: and 64 hexadecimal digits.")
          @Pattern(Forms.DIGEST)
          @Size(min = 71, max = 71)
          @Nullable String digest,
      @JsonPropertyDescription("When a node pulls the image.") @Default("IfNotPresent")
          ImageSpec.PullPolicy pullPolicy,
      @JsonPropertyDescription(
              "Volume: the node mounts the image, which takes no time and no disk. Copy: each pod"
                  + " copies the image's files to its disk before its executor starts, for nodes"
                  + " whose container runtime cannot mount an image.")
          @Default("Volume")
          Mount mount) {
    public Image {
      repository = Absent.or(repository, "");
      pullPolicy = Absent.or(pullPolicy, ImageSpec.PullPolicy.IF_NOT_PRESENT);
      mount = Absent.or(mount, Mount.VOLUME);
    }

    /** As a pod names it. */
    public String reference() {
      return ImageSpec.reference(repository, tag, digest);
    }
  }

  /** How an image becomes a directory. */
  public enum Mount {
    @JsonProperty("Volume")
    VOLUME,
    @JsonProperty("Copy")
    COPY
  }

  /** The executor's disk. */
  @ValidationRule(
      value =
          "!has(self.sizeLimit) || isQuantity(self.sizeLimit) && "
              + "quantity(self.sizeLimit).compareTo(quantity('64Mi')) >= 0 && "
              + "quantity(self.sizeLimit).compareTo(quantity('8Pi')) <= 0",
      message = "give sizeLimit as a size from 64Mi to 8Pi")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WorkDir(
      @JsonPropertyDescription(
              "The most bytes that the executor's files take of its node, above which its pod is"
                  + " evicted. By default there is no limit.")
          @Nullable Quantity sizeLimit) {
    static final WorkDir DEFAULTS = new WorkDir(null);
  }

  /** What happens when an executor is taken away. */
  @JsonPropertyOrder({"drainTimeoutSeconds", "maxUnavailable"})
  public record Disruption(
      @JsonPropertyDescription(
              "For so many seconds an executor that stops may finish what it runs; what it does"
                  + " not finish runs elsewhere.")
          @Default("30")
          @Min(0)
          @Max(3600)
          Integer drainTimeoutSeconds,
      @JsonPropertyDescription(
              "How many executors of the pool an orderly node drain may take at a time, as 2 or"
                  + " 10%.")
          @Default("\"10%\"")
          IntOrString maxUnavailable) {
    static final Disruption DEFAULTS = new Disruption(30, new IntOrString("10%"));

    public Disruption {
      drainTimeoutSeconds = Absent.or(drainTimeoutSeconds, 30);
      maxUnavailable = Absent.or(maxUnavailable, new IntOrString("10%"));
    }
  }
}
