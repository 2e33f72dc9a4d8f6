package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** A second place for blobs, behind the disks of the storage. */
public record TierSpec(
    @JsonPropertyDescription("A bucket of a service that speaks S3.") @Required S3 s3) {
  public TierSpec {
    s3 = Absent.or(s3, S3.ABSENT);
  }

  /** A bucket. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonPropertyOrder({"bucket", "endpoint", "region", "prefix", "credentials"})
  public record S3(
      @JsonPropertyDescription("The bucket's name; it must exist.")
          @Required
          @Pattern(Forms.BUCKET)
          @Size(min = 3, max = 63)
          String bucket,
      @JsonPropertyDescription(
              "Where the service answers, as http://minio.storage.svc:9000. By default it is Amazon"
                  + " S3.")
          @Pattern(Forms.HTTP_ENDPOINT)
          @Size(min = 8, max = 253)
          @Nullable String endpoint,
      @JsonPropertyDescription("The region of the bucket; services of your own take any.")
          @Default("us-east-1")
          @Pattern(Forms.REGION)
          @Size(min = 1, max = 63)
          String region,
      @JsonPropertyDescription(
              "With what the names of all objects begin, as farms/main/; farms that share a bucket"
                  + " and a prefix share their blobs. By default nothing.")
          @Pattern(Forms.OBJECT_PREFIX)
          @Size(max = 256)
          String prefix,
      @JsonPropertyDescription(
              "The secret that says who asks. By default it is whoever the storage's service"
                  + " account or node stands for, as AWS's SDK finds it; with sparrow up, who runs"
                  + " it.")
          @Nullable Credentials credentials) {
    static final S3 ABSENT = new S3("", null, "us-east-1", "", null);

    public S3 {
      bucket = Absent.or(bucket, "");
      region = Absent.or(region, "us-east-1");
      prefix = Absent.or(prefix, "");
    }
  }

  /** A secret with keys of the bucket. */
  public record Credentials(
      @JsonPropertyDescription(
              "The name of a secret of the farm's namespace with accessKeyId and secretAccessKey.")
          @Required
          @Size(min = 1, max = 253)
          String secretName) {
    public Credentials {
      secretName = Absent.or(secretName, "");
    }
  }
}
