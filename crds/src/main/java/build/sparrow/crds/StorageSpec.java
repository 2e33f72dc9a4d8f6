package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** Where blobs and results of actions are kept. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"shards", "replicas", "volume", "retention", "eviction", "resources", "tier"})
@ValidationRule(
    value = "!has(self.replicas) || self.replicas == 1 || self.shards > self.replicas",
    message =
        "give shards 3 or more for 2 replicas, or replicas 1: of two shards that lose sight of each"
            + " other neither knows what it lacks")
@ValidationRule(
    value =
        "self.shards == oldSelf.shards || (self.shards > oldSelf.shards && oldSelf.shards > 2 && "
            + "(!has(self.replicas) || self.replicas == 2))",
    message =
        "give as many shards as before, or more if there were 3 and each blob lies on 2: shards "
            + "join a farm, but none leaves it, and where blobs have one copy nothing is moved; "
            + "for another number make another farm")
@ValidationRule(
    value =
        "(has(self.replicas) ? self.replicas : (self.shards > 2 ? 2 : 1)) == "
            + "(has(oldSelf.replicas) ? oldSelf.replicas : (oldSelf.shards > 2 ? 2 : 1))",
    message =
        "leave replicas as it was: what is stored is not copied again; for another number make "
            + "another farm")
public record StorageSpec(
    @JsonPropertyDescription(
            "How many processes share the storage, each with a disk of its own. Where there are 3"
                + " or more with 2 copies of each blob, more can join, also while builds run; none"
                + " can leave.")
        @Default("1")
        @Min(1)
        @Max(64)
        Integer shards,
    @JsonPropertyDescription(
            "On how many shards each blob lies: 2 needs 3 shards or more, and lets one of them go"
                + " without loss. By default 2 if there are 3 shards, else 1. It cannot be"
                + " changed.")
        @Min(1)
        @Max(2)
        @Nullable Integer replicas,
    @JsonPropertyDescription("The disk of each shard.") @Default("{}") Volume volume,
    @JsonPropertyDescription("What becomes of the disk when it is no longer needed.") @Default("{}")
        Retention retention,
    @JsonPropertyDescription("What is dropped when the disk is full.") @Default("{}")
        Eviction eviction,
    @JsonPropertyDescription("What the storage is given of its node.") @Default("{}")
        Resources resources,
    @JsonPropertyDescription(
            "A second place for blobs, which gets what is stored by and by, and gives back what the"
                + " disks no longer hold. By default there is none.")
        @Nullable TierSpec tier) {
  static final StorageSpec DEFAULTS =
      new StorageSpec(
          1,
          null,
          Volume.DEFAULTS,
          Retention.DEFAULTS,
          Eviction.DEFAULTS,
          Resources.DEFAULTS,
          null);

  private static final int LEAST_SHARDS_FOR_COPIES = 3;

  public StorageSpec {
    shards = Absent.or(shards, 1);
    volume = Absent.or(volume, Volume.DEFAULTS);
    retention = Absent.or(retention, Retention.DEFAULTS);
    eviction = Absent.or(eviction, Eviction.DEFAULTS);
    resources = Absent.or(resources, Resources.DEFAULTS);
  }

  /** On how many shards each blob lies. */
  public int copies() {
    if (replicas != null) {
      return replicas;
    }
    return shards >= LEAST_SHARDS_FOR_COPIES ? 2 : 1;
  }

  /** The same with so many shards. */
  StorageSpec withShards(int number) {
    return new StorageSpec(number, replicas, volume, retention, eviction, resources, tier);
  }

  /** The disk of a shard. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"size", "storageClassName"})
  @ValidationRule(
      value =
          "isQuantity(self.size) && "
              + "quantity(self.size).compareTo(quantity('64Mi')) >= 0 && "
              + "quantity(self.size).compareTo(quantity('8Pi')) <= 0",
      message = "give size as a size from 64Mi to 8Pi")
  @ValidationRule(
      value = "quantity(self.size).compareTo(quantity(oldSelf.size)) >= 0",
      message =
          "give size at least as before: a disk cannot shrink; for a smaller one make "
              + "another farm")
  @ValidationRule(
      value =
          "has(self.storageClassName) == has(oldSelf.storageClassName) && "
              + "(!has(self.storageClassName) || self.storageClassName == "
              + "oldSelf.storageClassName)",
      message =
          "leave storageClassName as it was: a disk cannot change it; for another one "
              + "make another farm")
  public record Volume(
      @JsonPropertyDescription(
              "The size of the disk, at least 64Mi. Blobs take at most nine tenths of it.")
          @Default("20Gi")
          Quantity size,
      @JsonPropertyDescription(
              "The StorageClass of the disk. By default the cluster's default one.")
          @Size(min = 1, max = 253)
          @Nullable String storageClassName) {
    static final Volume DEFAULTS = new Volume(Quantity.parse("20Gi"), null);

    public Volume {
      size = Absent.or(size, Quantity.parse("20Gi"));
    }
  }

  /** What becomes of the disk when it is no longer needed. */
  public record Retention(
      @JsonPropertyDescription(
              "Retain keeps the disk, and with it the cache, when the farm is deleted; Delete"
                  + " deletes it, too.")
          @Default("Retain")
          WhenDeleted whenDeleted) {
    static final Retention DEFAULTS = new Retention(WhenDeleted.RETAIN);

    public Retention {
      whenDeleted = Absent.or(whenDeleted, WhenDeleted.RETAIN);
    }
  }

  /** What becomes of the disk of a farm that is deleted. */
  public enum WhenDeleted {
    @JsonProperty("Retain")
    RETAIN("Retain"),
    @JsonProperty("Delete")
    DELETE("Delete");

    private final String word;

    WhenDeleted(String word) {
      this.word = word;
    }

    /** As Kubernetes writes it. */
    public String word() {
      return word;
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
