package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** The executors of one pool of a farm: made by the farm, scaled by it or by others. */
@Group(BuildFarm.GROUP)
@Version(BuildFarm.VERSION)
@Kind(ExecutorPool.KIND)
@ShortNames("xp")
@Categories("all")
@JsonPropertyOrder({"apiVersion", "kind", "metadata", "spec", "status"})
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonAutoDetect(
    fieldVisibility = Visibility.NONE,
    getterVisibility = Visibility.NONE,
    isGetterVisibility = Visibility.NONE,
    setterVisibility = Visibility.NONE)
@JsonDeserialize(using = JsonDeserializer.None.class) // Not fabric8's, which makes any kind of it.
public final class ExecutorPool implements HasMetadata, Namespaced {
  public static final String KIND = "ExecutorPool";

  private static final long serialVersionUID = 1L;

  @JsonProperty private @Nullable String apiVersion;
  @JsonProperty private @Nullable String kind;
  @JsonProperty private ObjectMeta metadata = new ObjectMeta();

  @JsonProperty
  @JsonPropertyDescription("Which executors they are, and how many.")
  private transient @Nullable ExecutorPoolSpec spec;

  @JsonProperty
  @JsonPropertyDescription("What the operator saw of the pool when it last looked.")
  private transient @Nullable ExecutorPoolStatus status;

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

  /** Which executors they are, and how many. */
  public ExecutorPoolSpec getSpec() {
    return Absent.or(spec, ExecutorPoolSpec.EMPTY);
  }

  public void setSpec(ExecutorPoolSpec spec) {
    this.spec = spec;
  }

  /** What the operator saw; empty if it never looked. */
  public ExecutorPoolStatus getStatus() {
    return Absent.or(status, ExecutorPoolStatus.EMPTY);
  }

  public void setStatus(@Nullable ExecutorPoolStatus status) {
    this.status = status;
  }
}
