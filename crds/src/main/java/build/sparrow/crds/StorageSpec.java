package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.kubernetes.api.model.Quantity;

/** Where blobs and results of actions are kept. */
@JsonPropertyOrder({"volume", "eviction"})
public record StorageSpec(
    @JsonPropertyDescription("The disk of the storage.") @Default("{}") Volume volume,
    @JsonPropertyDescription("What is dropped when the disk is full.") @Default("{}")
        Eviction eviction) {
  static final StorageSpec DEFAULTS = new StorageSpec(Volume.DEFAULTS, Eviction.DEFAULTS);

  public StorageSpec {
    volume = Absent.or(volume, Volume.DEFAULTS);
    eviction = Absent.or(eviction, Eviction.DEFAULTS);
  }

  /** The disk of the storage. */
  public record Volume(
      @JsonPropertyDescription("The most bytes that blobs take on disk, at least 64Mi.")
          @Default("20Gi")
          Quantity size) {
    static final Volume DEFAULTS = new Volume(Quantity.parse("20Gi"));

    public Volume {
      size = Absent.or(size, Quantity.parse("20Gi"));
    }
  }

  /** What is dropped when the disk is full: what was used least recently. */
  public record Eviction(
      @JsonPropertyDescription(
              "For so many seconds after a client was told that a blob is there, it is kept. Bazel"
                  + " assumes three hours.")
          @Default("10800")
          @Min(1)
          @Max(604_800)
          Integer leaseSeconds) {
    static final Eviction DEFAULTS = new Eviction(10_800);

    public Eviction {
      leaseSeconds = Absent.or(leaseSeconds, 10_800);
    }
  }
}
