package build.sparrow.cas.grpc;

import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobTooLargeException;
import build.sparrow.cas.DigestMismatchException;
import build.sparrow.cas.InvalidActionResultException;
import build.sparrow.cas.StoreException;
import build.sparrow.cas.StoreFullException;
import build.sparrow.cas.StoreUnavailableException;
import build.sparrow.cas.zstd.DecodersBusyException;
import build.sparrow.cas.zstd.MalformedZstdException;
import build.sparrow.reapi.ReapiStatus;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failures of a store as gRPC errors. */
public final class StoreStatus {
  private static final Logger log = LoggerFactory.getLogger(StoreStatus.class);

  private StoreStatus() {}

  /** What gives the answer of a call. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /** Answers a call that has one answer, or fails it. */
  public static <T> void answer(StreamObserver<T> responses, Work<T> work) {
    T answer;
    try {
      answer = work.run();
    } catch (IOException | RuntimeException e) {
      responses.onError(of(e));
      return;
    }
    responses.onNext(answer);
    responses.onCompleted();
  }

  /** The failure as the error of a call; what nobody expected is logged here, once. */
  public static StatusRuntimeException of(Exception failure) {
    return switch (failure) {
      case StatusRuntimeException status -> status;
      case StoreException known -> of(known);
      case MalformedZstdException malformed ->
          ReapiStatus.invalidArgument(String.valueOf(malformed.getMessage()));
      case DecodersBusyException busy -> ReapiStatus.unavailable(String.valueOf(busy.getMessage()));
      case Exception unexpected -> {
        log.atError().setCause(unexpected).log("A store failed unexpectedly");
        yield ReapiStatus.internal("The store failed: " + unexpected + "; its log has more");
      }
    };
  }

  private static StatusRuntimeException of(StoreException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case BlobMissingException missing -> ReapiStatus.notFound(message);
      // Not RESOURCE_EXHAUSTED: trying again would not help.
      case BlobTooLargeException tooLarge -> ReapiStatus.failedPrecondition(message);
      case DigestMismatchException mismatch -> ReapiStatus.invalidArgument(message);
      case InvalidActionResultException invalid -> ReapiStatus.invalidArgument(message);
      case StoreFullException full -> ReapiStatus.resourceExhausted(message);
      case StoreUnavailableException unavailable -> ReapiStatus.unavailable(message);
    };
  }
}
