package build.sparrow.cas.tier;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a tier is. Who may use it is found where the AWS SDK looks by default: environment,
 * profile, web identity, container, machine.
 *
 * @param bucket that exists
 * @param endpoint of the service, as http://minio.storage.svc:9000; null for Amazon's own
 * @param region in which the bucket is, and for which requests are signed
 * @param prefix with which the names of all objects begin; may be empty
 */
public record TierConfig(String bucket, @Nullable URI endpoint, String region, String prefix) {}
