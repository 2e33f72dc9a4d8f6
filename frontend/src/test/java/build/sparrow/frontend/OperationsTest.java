package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecutionGrpc;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.bazel.remote.execution.v2.RequestMetadata;
import build.sparrow.reapi.InvocationKey;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Offer;
import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.DeleteOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.ListOperationsResponse;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import com.google.longrunning.OperationsGrpc.OperationsBlockingStub;
import com.google.longrunning.WaitOperationRequest;
import com.google.protobuf.util.Durations;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
final class OperationsTest {
  @TempDir private Path directory;
  private LoopbackFarm farm;
  private OperationsBlockingStub operations;

  @BeforeEach
  void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
    operations = OperationsGrpc.newBlockingStub(farm.channel());
  }

  @AfterEach
  void stopFarm() {
    farm.close();
  }

  private Operation get(String name) {
    return operations.getOperation(GetOperationRequest.newBuilder().setName(name).build());
  }

  private void cancel(String name) {
    var _ = operations.cancelOperation(CancelOperationRequest.newBuilder().setName(name).build());
  }

  private static int statusOf(Operation operation) {
    return FollowedOperation.responseOf(operation).getStatus().getCode();
  }

  @Test
  void operationCanBeLookedAt() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var followed = farm.execute(action());
    Offer offer = executor.accept();
    Operation executing = followed.until(ExecutionStage.Value.EXECUTING);

    assertThat(get(executing.getName())).isEqualTo(executing);

    executor.succeed(offer.getAttempt());
    Operation end = followed.until(ExecutionStage.Value.COMPLETED);
    assertThat(get(end.getName())).isEqualTo(end);
    assertThat(end.getDone()).isTrue();
  }

  @Test
  void cancelledOperationIsKilledAndSaysSo() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var followed = farm.execute(action());
    Offer offer = executor.accept();
    String name = followed.until(ExecutionStage.Value.EXECUTING).getName();

    cancel(name);

    assertThat(executor.expect(FrontendMessage.MessageCase.KILL).getKill().getAttempt())
        .isEqualTo(offer.getAttempt());
    Operation end = followed.until(ExecutionStage.Value.COMPLETED);
    assertThat(statusOf(end)).isEqualTo(Status.Code.CANCELLED.value());
    assertThat(end.hasError()).isFalse();
    assertThat(get(name)).isEqualTo(end);
  }

  @Test
  void queuedOperationCanBeCancelled() throws Exception {
    var followed = farm.execute(action());
    String name = followed.until(ExecutionStage.Value.QUEUED).getName();

    cancel(name);

    assertThat(followed.response().getStatus().getCode()).isEqualTo(Status.Code.CANCELLED.value());
  }

  @Test
  void cancelEndsOnlyTheOperationOfWhoCancels() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var mine = farm.execute(action());
    Offer offer = executor.accept();
    String myName = mine.until(ExecutionStage.Value.EXECUTING).getName();
    var theirs = farm.execute(action());
    theirs.until(ExecutionStage.Value.EXECUTING);

    cancel(myName);

    assertThat(mine.response().getStatus().getCode()).isEqualTo(Status.Code.CANCELLED.value());
    assertThat(statusOf(get(myName))).isEqualTo(Status.Code.CANCELLED.value());
    assertThat(statusOf(farm.wait(myName).next())).isEqualTo(Status.Code.CANCELLED.value());
    executor.succeed(offer.getAttempt());
    assertThat(theirs.response().getStatus().getCode()).isZero();
    assertThat(statusOf(get(myName))).isEqualTo(Status.Code.CANCELLED.value());
  }

  @Test
  void cancelOfWhatHasEndedChangesNothing() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var followed = farm.execute(action());
    executor.runNext();
    Operation end = followed.until(ExecutionStage.Value.COMPLETED);

    cancel(end.getName());

    assertThat(get(end.getName())).isEqualTo(end);
  }

  @Test
  void unknownNamesAreNotFound() {
    assertThatThrownBy(() -> get("x/y"))
        .hasMessageContaining("NOT_FOUND")
        .hasMessageContaining("x/y");
    assertThatThrownBy(() -> cancel("x/y")).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> get("")).hasMessageContaining("INVALID_ARGUMENT");
    assertThatThrownBy(
            () ->
                operations.deleteOperation(
                    DeleteOperationRequest.newBuilder().setName("x/y").build()))
        .hasMessageContaining("NOT_FOUND");
  }

  @Test
  void deletedNameIsForgottenWhileItsActionGoesOn() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var followed = farm.execute(action());
    Offer offer = executor.accept();
    String name = followed.until(ExecutionStage.Value.EXECUTING).getName();

    var _ = operations.deleteOperation(DeleteOperationRequest.newBuilder().setName(name).build());

    assertThatThrownBy(() -> get(name)).hasMessageContaining("NOT_FOUND");
    executor.succeed(offer.getAttempt());
    assertThat(followed.response().getStatus().getCode()).isZero();
  }

  @Test
  void waitEndsWithTheOperationOrWithPatience() throws Exception {
    ScriptedExecutor executor = farm.idleExecutor("a");
    var followed = farm.execute(action());
    Offer offer = executor.accept();
    Operation executing = followed.until(ExecutionStage.Value.EXECUTING);
    WaitOperationRequest wait =
        WaitOperationRequest.newBuilder().setName(executing.getName()).build();

    Operation early =
        operations.waitOperation(wait.toBuilder().setTimeout(Durations.fromMillis(1)).build());
    executor.succeed(offer.getAttempt());
    Operation end = operations.waitOperation(wait);

    assertThat(early).isEqualTo(executing);
    assertThat(end.getDone()).isTrue();
    assertThatThrownBy(
            () -> operations.waitOperation(WaitOperationRequest.newBuilder().setName("?").build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("NOT_FOUND");
  }

  private static ClientInterceptor invocation(String id) {
    Metadata headers = new Metadata();
    headers.put(
        InvocationKey.REQUEST_METADATA,
        RequestMetadata.newBuilder().setToolInvocationId(id).build());
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private String executeFor(String invocation, ActionBuilder action) throws Exception {
    farm.upload(action);
    FollowedOperation<ExecuteRequest> followed = new FollowedOperation<>();
    ExecutionGrpc.newStub(farm.channel())
        .withInterceptors(invocation(invocation))
        .execute(
            ExecuteRequest.newBuilder().setActionDigest(action.digest().toProto()).build(),
            followed);
    return followed.until(ExecutionStage.Value.QUEUED).getName();
  }

  private static List<String> names(ListOperationsResponse page) {
    return page.getOperationsList().stream().map(Operation::getName).toList();
  }

  @Test
  void invocationSeesItsOwnOperations_pageByPage() throws Exception {
    List<String> mine = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      mine.add(executeFor("mine", action("mine " + i)));
    }
    // The same action as one of mine, merged with it, has a name of its own.
    String merged = executeFor("theirs", action("mine 0"));
    OperationsBlockingStub me = operations.withInterceptors(invocation("mine"));

    List<String> listed = new ArrayList<>();
    ListOperationsRequest request = ListOperationsRequest.newBuilder().setPageSize(2).build();
    ListOperationsResponse page = me.listOperations(request);
    listed.addAll(names(page));
    while (!page.getNextPageToken().isEmpty()) {
      assertThat(page.getOperationsCount()).isEqualTo(2);
      page = me.listOperations(request.toBuilder().setPageToken(page.getNextPageToken()).build());
      listed.addAll(names(page));
    }

    assertThat(listed).containsExactlyInAnyOrderElementsOf(mine);
    assertThat(
            names(
                operations
                    .withInterceptors(invocation("theirs"))
                    .listOperations(ListOperationsRequest.getDefaultInstance())))
        .containsExactly(merged);
    assertThat(names(operations.listOperations(ListOperationsRequest.getDefaultInstance())))
        .isEmpty();
  }

  @Test
  void listIsAskedForSensibly() {
    assertThatThrownBy(
            () ->
                operations.listOperations(
                    ListOperationsRequest.newBuilder().setPageSize(-1).build()))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("-1");
    assertThatThrownBy(
            () ->
                operations.listOperations(
                    ListOperationsRequest.newBuilder().setFilter("done").build()))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("done");
  }
}
