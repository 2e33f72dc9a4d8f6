package build.sparrow.frontend.execution;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.WatcherId;
import build.sparrow.scheduling.owner.Departure;
import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.Empty;
import com.google.protobuf.util.Durations;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets clients ask for, wait for, cancel and forget the operations whose names they know. */
public final class OperationsService extends OperationsGrpc.OperationsImplBase {
  private static final int DEFAULT_PAGE_SIZE = 100;
  private static final int MAX_PAGE_SIZE = 1000;
  private static final long MAX_WAIT_SECONDS = 60;

  private final Operations operations;

  public OperationsService(Operations operations) {
    this.operations = operations;
  }

  /** Checks a name that a client sent. */
  static String checked(String name) {
    if (name.isBlank()) {
      throw ReapiStatus.invalidArgument("name is empty; give the name of an operation");
    }
    return name;
  }

  @Override
  public void getOperation(GetOperationRequest request, StreamObserver<Operation> responses) {
    String name = checked(request.getName());
    responses.onNext(operations.get(name).orElseThrow(() -> Watchers.unknown(name)));
    responses.onCompleted();
  }

  /** Lists what the caller's invocation executed; the names of others are theirs to know. */
  @Override
  public void listOperations(
      ListOperationsRequest request, StreamObserver<ListOperationsResponse> responses) {
    if (!request.getFilter().isEmpty()) {
      throw ReapiStatus.invalidArgument(
          "filter is %s: filters are not supported, leave it empty"
              .formatted(ReapiStatus.quote(request.getFilter())));
    }
    if (request.getPageSize() < 0) {
      throw ReapiStatus.invalidArgument(
          "page_size is %d; give 0 to %d".formatted(request.getPageSize(), MAX_PAGE_SIZE));
    }
    int limit =
        request.getPageSize() == 0
            ? DEFAULT_PAGE_SIZE
            : Math.min(request.getPageSize(), MAX_PAGE_SIZE);
    String invocation = CallMetadata.current().getToolInvocationId();
    List<Operation> page = operations.list(invocation, request.getPageToken(), limit);
    ListOperationsResponse.Builder response =
        ListOperationsResponse.newBuilder().addAllOperations(page);
    if (page.size() == limit) {
      response.setNextPageToken(page.getLast().getName());
    }
    responses.onNext(response.build());
    responses.onCompleted();
  }

  @Override
  public void cancelOperation(CancelOperationRequest request, StreamObserver<Empty> responses) {
    String name = checked(request.getName());
    answer(operations.cancel(name), name, responses);
  }

  @Override
  public void deleteOperation(DeleteOperationRequest request, StreamObserver<Empty> responses) {
    String name = checked(request.getName());
    answer(operations.delete(name), name, responses);
  }

  private static void answer(boolean known, String name, StreamObserver<Empty> responses) {
    if (!known) {
      throw Watchers.unknown(name);
    }
    responses.onNext(Empty.getDefaultInstance());
    responses.onCompleted();
  }

  /** Answers at the end of the operation, or with what there is when the wait is over. */
  @Override
  public void waitOperation(WaitOperationRequest request, StreamObserver<Operation> responses) {
    String name = checked(request.getName());
    WatcherId id = operations.newWatcher();
    CompletableFuture<Operation> end = new CompletableFuture<>();
    String invocation = CallMetadata.current().getToolInvocationId();
    operations.watch(new Watcher(id, name, invocation, InlineWishes.NONE, new EndOnly(end)));
    responses.onNext(await(end, millisToWait(request), id, name));
    responses.onCompleted();
  }

  private static long millisToWait(WaitOperationRequest request) {
    long most = TimeUnit.SECONDS.toMillis(MAX_WAIT_SECONDS);
    return request.hasTimeout()
        ? Math.clamp(Durations.toMillis(request.getTimeout()), 0, most)
        : most;
  }

  private Operation await(
      CompletableFuture<Operation> end, long millis, WatcherId id, String name) {
    try {
      return end.get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Whoever waited once will ask again.
      operations.left(id, Departure.CONNECTION_LOST);
      return operations.get(name).orElseThrow(() -> Watchers.unknown(name));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      operations.left(id, Departure.CONNECTION_LOST);
      throw ReapiStatus.unavailable("the frontend is stopping; ask again");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StatusRuntimeException status
          ? status
          : new IllegalStateException("Waiting for " + name + " failed", e);
    }
  }

  /** Hears of nothing but the end. */
  private record EndOnly(CompletableFuture<Operation> end) implements OperationSink {
    @Override
    public void update(Operation operation) {}

    @Override
    public void finish(Operation operation) {
      end.complete(operation);
    }

    @Override
    public void fail(StatusRuntimeException why) {
      end.completeExceptionally(why);
    }
  }
}
