package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One remote build farm and all that it owns. */
@Group(BuildFarm.GROUP)
@Version(BuildFarm.VERSION)
@Kind(BuildFarm.KIND)
@ShortNames("bf")
@Categories("all")
@ValidationRule(
    value = "self.metadata.name.size() <= 20",
    message =
        "give the farm a name of at most 20 characters, so that those of its pods fit " + "into 63")
@ValidationRule(
    value = "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message =
        "give the farm a name of lower-case letters, digits and hyphens, a letter "
            + "first and no hyphen last")
@JsonPropertyOrder({"apiVersion", "kind", "metadata", "spec", "status"})
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonAutoDetect(
    fieldVisibility = Visibility.NONE,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE,
    setterVisibility = Visibility.NONE)
@JsonDeserialize(using = JsonDeserializer.None.class) // Not fabric8's, which makes any kind of it.
public final class BuildFarm implements HasMetadata, Namespaced {
  public static final String GROUP = "sparrow.build";
  public static final String VERSION = "v1alpha1";
  public static final String KIND = "BuildFarm";

  private static final long serialVersionUID = 1L;

  @JsonProperty private @Nullable String apiVersion;
  @JsonProperty private @Nullable String kind;
  @JsonProperty private ObjectMeta metadata = new ObjectMeta();

  @JsonProperty
  @JsonPropertyDescription("What the farm consists of.")
  @Default("{}")
  private transient @Nullable BuildFarmSpec spec;

  @JsonProperty
  @JsonPropertyDescription("What the operator saw of the farm when it last looked.")
  private transient @Nullable BuildFarmStatus status;

  /** As written, empty if it is not. */
  @Override
  public String getApiVersion() {
    return Absent.or(apiVersion, "");
  }

  @Override
  public void setApiVersion(String version) {
    apiVersion = version;
  }

  /** As written, empty if it is not. */
  @Override
  public String getKind() {
    return Absent.or(kind, "");
  }

  public void setKind(String kind) {
    this.kind = kind;
  }

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    this.metadata = metadata;
  }

  /** What the farm consists of; all defaults if nothing is written. */
  public BuildFarmSpec getSpec() {
    return Absent.or(spec, BuildFarmSpec.DEFAULTS);
  }

  public void setSpec(BuildFarmSpec spec) {
    this.spec = spec;
  }

  /** What the operator saw; empty if it never looked. */
  public BuildFarmStatus getStatus() {
    return Absent.or(status, BuildFarmStatus.EMPTY);
  }

  public void setStatus(@Nullable BuildFarmStatus status) {
    this.status = status;
  }
}
