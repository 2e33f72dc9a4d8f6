package build.sparrow.cas.tier;

import build.sparrow.cas.BlobSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects in a bucket of a service that speaks S3. Nothing is tried twice. */
final class S3ObjectStore implements ObjectStore {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(5);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
  private static final long SLOWEST_BYTES_PER_MILLI = 1_000;
  private static final int MAX_ATTEMPTS = 3;

  private final S3Client client;
  private final String bucket;

  private S3ObjectStore(S3Client client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /**
   * The bucket; whether it is there is seen by the first call. A service may close a connection
   * just when the next request goes out on it, so a call that was not answered is made anew.
   */
  static S3ObjectStore open(TierConfig config) {
    S3ClientBuilder client =
        S3Client.builder()
            .region(Region.of(config.region()))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_LIMIT)
                    .socketTimeout(SILENCE_LIMIT))
            // Not every service that speaks S3 knows them; blobs are compared with their digests.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                calls ->
                    calls.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(MAX_ATTEMPTS)
                            .backoffStrategy(BackoffStrategy.retryImmediately())
                            .build()));
    if (config.endpoint() != null) {
      client.endpointOverride(config.endpoint()).forcePathStyle(true);
    }
    return new S3ObjectStore(client.build(), config.bucket());
  }

  @Override
  public boolean has(String name) throws TierException {
    try {
      var _ =
          client.headObject(
              head ->
                  head.bucket(bucket)
                      .key(name)
                      .overrideConfiguration(call -> call.apiCallTimeout(CALL_LIMIT)));
      return true;
    } catch (NoSuchKeyException _) {
      return false;
    } catch (SdkException e) {
      throw failure("HEAD", e);
    }
  }

  @Override
  public void put(String name, long sizeBytes, BlobSource source) throws IOException {
    Duration limit = CALL_LIMIT.plusMillis(sizeBytes / SLOWEST_BYTES_PER_MILLI);
    try {
      var _ =
          client.putObject(
              put ->
                  put.bucket(bucket)
                      .key(name)
                      .overrideConfiguration(call -> call.apiCallTimeout(limit)),
              RequestBody.fromContentProvider(
                  () -> open(source), sizeBytes, "application/octet-stream"));
    } catch (SourceFailure e) {
      throw e.getCause();
    } catch (SdkException e) {
      IOException ofSource = ofSource(e);
      throw ofSource == null ? failure("PUT", e) : ofSource;
    }
  }

  /** The failure of the source that the call failed for; null if it failed for another reason. */
  private static @Nullable IOException ofSource(SdkException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // A call that takes too long is interrupted, which may hit the source.
      if (cause instanceof SourceFailure failed
          && !(failed.getCause() instanceof ClosedByInterruptException)) {
        return failed.getCause();
      }
    }
    return null;
  }

  /** That the source failed, and not the service. */
  private static final class SourceFailure extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    SourceFailure(IOException cause) {
      super(cause);
    }
  }

  private static InputStream open(BlobSource source) {
    InputStream bytes;
    try {
      bytes = source.open();
    } catch (IOException e) {
      throw new SourceFailure(e);
    }
    return new FilterInputStream(bytes) {
      @Override
      public int read() {
        try {
          return super.read();
        } catch (IOException e) {
          throw new SourceFailure(e);
        }
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        try {
          return super.read(into, offset, length);
        } catch (IOException e) {
          throw new SourceFailure(e);
        }
      }
    };
  }

  @Override
  public Optional<InputStream> get(String name) throws TierException {
    try {
      return Optional.of(
          new Body(
              client.getObject(
                  get ->
                      get.bucket(bucket)
                          .key(name)
                          .overrideConfiguration(call -> call.apiCallTimeout(CALL_LIMIT)))));
    } catch (NoSuchKeyException _) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failure("GET", e);
    }
  }

  /** The bytes of an object; closed before its end, the rest is not waited for. */
  private static final class Body extends InputStream {
    private final ResponseInputStream<GetObjectResponse> bytes;

    Body(ResponseInputStream<GetObjectResponse> bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() throws IOException {
      byte[] octet = new byte[1];
      return read(octet, 0, 1) < 0 ? -1 : octet[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return bytes.read(into, offset, length);
      } catch (IOException | SdkException e) {
        throw new TierException("GET broke off: " + e.getMessage(), false, e);
      }
    }

    @Override
    public void close() {
      bytes.abort();
    }
  }

  private static TierException failure(String call, SdkException e) {
    if (e instanceof S3Exception answer) {
      var details = answer.awsErrorDetails();
      String code = details == null || details.errorCode() == null ? "" : details.errorCode();
      return new TierException(
          "%s was answered with %d %s".formatted(call, answer.statusCode(), code).strip(),
          answer.statusCode() == 413 || code.equals("EntityTooLarge"),
          e);
    }
    return new TierException("%s was not answered: %s".formatted(call, e.getMessage()), false, e);
  }

  @Override
  public void close() {
    client.close();
  }
}
