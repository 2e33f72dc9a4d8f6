package build.sparrow.cas.replica;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.BlobMissingException;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.client.RemoteActionCache;
import build.sparrow.cas.client.RemoteBlobStore;
import build.sparrow.cas.client.RemoteFailures;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.service.Endpoint;
import build.sparrow.storage.v1.CopyRequest;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.FindRequest;
import build.sparrow.storage.v1.FindResponse;
import build.sparrow.storage.v1.GetResultRequest;
import build.sparrow.storage.v1.GetResultResponse;
import build.sparrow.storage.v1.ListRequest;
import build.sparrow.storage.v1.ListResponse;
import build.sparrow.storage.v1.OweRequest;
import build.sparrow.storage.v1.ReplicationGrpc;
import build.sparrow.storage.v1.ReplicationGrpc.ReplicationBlockingV2Stub;
import build.sparrow.storage.v1.RestoreRequest;
import build.sparrow.storage.v1.RestoreResponse;
import build.sparrow.storage.v1.StatusRequest;
import build.sparrow.storage.v1.StatusResponse;
import io.grpc.Channel;
import io.grpc.StatusException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A shard at the end of a channel, which stays the caller's. */
public final class RemoteShard implements Shard {
  private static final int CALL_SECONDS = 20;
  private static final int COPY_SECONDS = 120;
  private static final int LIST_STALL_SECONDS = 60;
  private static final int PING_SECONDS = 1;

  private final RemoteBlobStore blobs;
  private final RemoteActionCache results;
  private final ReplicationBlockingV2Stub stub;
  private final ReplicationBlockingV2Stub unfenced;

  private RemoteShard(Channel channel, Channel unfenced) {
    this.blobs = RemoteBlobStore.trying(channel);
    this.results = RemoteActionCache.trying(channel);
    this.stub = ReplicationGrpc.newBlockingV2Stub(channel);
    this.unfenced = ReplicationGrpc.newBlockingV2Stub(unfenced);
  }

  /** As another shard sees it, which counts nothing. */
  public static RemoteShard ofPeer(Channel channel) {
    return new RemoteShard(channel, channel);
  }

  /**
   * As those see it who go by the placement of that epoch: it refuses what they ask, with {@link
   * build.sparrow.cas.StoreUnavailableException}, unless it has that one.
   */
  public static RemoteShard at(int epoch, Channel channel) {
    return new RemoteShard(EpochHeader.attach(channel, epoch), channel);
  }

  /** A call that may fail. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws StatusException;
  }

  private static <T> T call(String what, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (StatusException e) {
      throw RemoteFailures.of(what, e.getStatus(), e);
    }
  }

  private ReplicationBlockingV2Stub within(int seconds) {
    return stub.withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public InputStream readUnverified(BlobScope scope, Digest digest, long offset, long limit)
      throws IOException {
    return blobs.readUnverified(scope, digest, offset, limit);
  }

  @Override
  public Absent find(BlobScope scope, Collection<Digest> digests) throws IOException {
    FindRequest.Builder request =
        FindRequest.newBuilder()
            .setInstanceName(scope.instance().value())
            .setDigestFunction(scope.function().toProto());
    digests.forEach(digest -> request.addDigests(digest.toProto()));
    FindResponse response = call("Find", () -> within(CALL_SECONDS).find(request.build()));
    Set<Digest> missing = HashSet.newHashSet(response.getMissingCount());
    response
        .getMissingList()
        .forEach(proto -> missing.add(new Digest(proto.getHash(), proto.getSizeBytes())));
    return new Absent(missing, response.getComplete());
  }

  @Override
  public Entry lookUp(ActionKey key) throws IOException {
    GetResultRequest request =
        GetResultRequest.newBuilder()
            .setInstanceName(key.instance().value())
            .setDigestFunction(key.function().toProto())
            .setActionDigest(key.action().toProto())
            .build();
    GetResultResponse response = call("GetResult", () -> within(CALL_SECONDS).getResult(request));
    return new Entry(
        response.hasResult() ? Optional.of(response.getResult()) : Optional.empty(),
        response.getComplete());
  }

  @Override
  public void put(ActionKey key, ActionResult result) throws IOException {
    results.put(key, result);
  }

  @Override
  public void owe(Endpoint owed, Collection<Item> items) throws IOException {
    OweRequest.Builder request = OweRequest.newBuilder().setShard(owed.toString());
    items.forEach(item -> request.addItems(Items.toProto(item)));
    var _ = call("Owe", () -> within(CALL_SECONDS).owe(request.build()));
  }

  @Override
  public void copy(BlobScope scope, Digest digest, Endpoint to) throws IOException {
    CopyRequest request =
        CopyRequest.newBuilder()
            .setInstanceName(scope.instance().value())
            .setDigestFunction(scope.function().toProto())
            .addDigests(digest.toProto())
            .setShard(to.toString())
            .build();
    try {
      var _ = within(COPY_SECONDS).copy(request);
    } catch (StatusException e) {
      if (e.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND) {
        throw new BlobMissingException(digest);
      }
      throw RemoteFailures.of("Copy", e.getStatus(), e);
    }
  }

  @Override
  public Set<Digest> restore(BlobScope scope, Collection<Digest> missing) throws IOException {
    RestoreRequest.Builder request =
        RestoreRequest.newBuilder()
            .setInstanceName(scope.instance().value())
            .setDigestFunction(scope.function().toProto());
    missing.forEach(digest -> request.addDigests(digest.toProto()));
    RestoreResponse response = call("Restore", () -> within(CALL_SECONDS).restore(request.build()));
    Set<Digest> restored = HashSet.newHashSet(response.getRestoredCount());
    response
        .getRestoredList()
        .forEach(proto -> restored.add(new Digest(proto.getHash(), proto.getSizeBytes())));
    return restored;
  }

  @Override
  public void list(Endpoint other, Placement placement, Part part) throws IOException {
    var call =
        unfenced.list(
            ListRequest.newBuilder()
                .setShard(other.toString())
                .setPlacement(Placements.toProto(placement))
                .build());
    try {
      while (true) {
        ListResponse response = call.read(LIST_STALL_SECONDS, TimeUnit.SECONDS);
        if (response == null) {
          return;
        }
        part.take(response.getItemsList().stream().map(Items::parse).toList());
      }
    } catch (StatusException e) {
      throw RemoteFailures.of("List", e.getStatus(), e);
    } catch (TimeoutException e) {
      throw RemoteFailures.of("List", io.grpc.Status.DEADLINE_EXCEEDED, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted in List");
    } finally {
      call.cancel("The list was given up", null);
    }
  }

  @Override
  public Optional<Status> status(Placement known) {
    StatusRequest request =
        StatusRequest.newBuilder().setPlacement(Placements.toProto(known)).build();
    StatusResponse response;
    try {
      response = unfenced.withDeadlineAfter(PING_SECONDS, TimeUnit.SECONDS).status(request);
    } catch (StatusException _) {
      return Optional.empty();
    }
    Map<Endpoint, Long> debts = new HashMap<>();
    for (Debt debt : response.getDebtsList()) {
      debts.put(Endpoint.parse(debt.getShard()), debt.getItems());
    }
    return Optional.of(
        new Status(
            response.getGeneration(),
            debts,
            response.hasPlacement()
                ? Optional.of(Placements.parse(response.getPlacement(), known.copies()))
                : Optional.empty()));
  }
}
