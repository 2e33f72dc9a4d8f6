package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** The executors of one platform of one farm, as the operator keeps them. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"farmRef", "replicas", "pool", "image"})
public record ExecutorPoolSpec(
    @JsonPropertyDescription("The farm that the executors work for.") @Required FarmRef farmRef,
    @JsonPropertyDescription(
            "How many executors there are to be. Written by the farm in autoscaling mode Disabled,"
                + " by the operator in mode Internal, and in mode External by whom you choose.")
        @Min(0)
        @Max(1000)
        @Nullable Integer replicas,
    @JsonPropertyDescription("The farm's entry for this pool.") @Required PoolSpec pool,
    @JsonPropertyDescription("The image of the executors.") @Default("{}") ImageSpec image) {
  static final ExecutorPoolSpec EMPTY =
      new ExecutorPoolSpec(new FarmRef(""), null, PoolSpec.named(""), ImageSpec.DEFAULTS);

  public ExecutorPoolSpec {
    farmRef = Absent.or(farmRef, new FarmRef(""));
    pool = Absent.or(pool, PoolSpec.named(""));
    image = Absent.or(image, ImageSpec.DEFAULTS);
  }

  /** A farm of the same namespace. */
  public record FarmRef(
      @JsonPropertyDescription("The farm's name.") @Required @Size(min = 1, max = 20) String name) {
    public FarmRef {
      name = Absent.or(name, "");
    }
  }
}
