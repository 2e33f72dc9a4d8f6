package build.sparrow.cas.replica.member;

import build.bazel.remote.execution.v2.ActionResult;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobScope;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.ListedActionCache;
import build.sparrow.cas.ListedBlobStore;
import build.sparrow.cas.Restorer;
import build.sparrow.cas.grpc.StoreStatus;
import build.sparrow.cas.replica.Items;
import build.sparrow.cas.replica.Placements;
import build.sparrow.cas.replica.Shard;
import build.sparrow.cas.replica.call.Item;
import build.sparrow.cas.replica.call.Placement;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.service.Endpoint;
import build.sparrow.service.StreamGate;
import build.sparrow.storage.v1.CopyRequest;
import build.sparrow.storage.v1.CopyResponse;
import build.sparrow.storage.v1.Debt;
import build.sparrow.storage.v1.FindRequest;
import build.sparrow.storage.v1.FindResponse;
import build.sparrow.storage.v1.GetResultRequest;
import build.sparrow.storage.v1.GetResultResponse;
import build.sparrow.storage.v1.ListRequest;
import build.sparrow.storage.v1.ListResponse;
import build.sparrow.storage.v1.OweRequest;
import build.sparrow.storage.v1.OweResponse;
import build.sparrow.storage.v1.ReplicationGrpc.ReplicationImplBase;
import build.sparrow.storage.v1.RestoreRequest;
import build.sparrow.storage.v1.RestoreResponse;
import build.sparrow.storage.v1.StatusRequest;
import build.sparrow.storage.v1.StatusResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Answers those who write to several shards, and the other shards. */
final class ReplicationService extends ReplicationImplBase {
  private static final int LISTED_ITEMS = 1_000;

  private final Members members;
  private final BlobStore blobs;
  private final ListedBlobStore list;
  private final ListedActionCache resultList;
  private final ActionCache results;
  private final ScopeBook scopes;
  private final Debts debts;
  private final Courier courier;
  private final CatchUp catchUp;
  private final Standing standing;
  private final Restorer restorer;

  ReplicationService(
      Members members,
      BlobStore blobs,
      ListedBlobStore list,
      ListedActionCache resultList,
      ActionCache results,
      ScopeBook scopes,
      Debts debts,
      Courier courier,
      CatchUp catchUp,
      Standing standing,
      Restorer restorer) {
    this.members = members;
    this.blobs = blobs;
    this.list = list;
    this.resultList = resultList;
    this.results = results;
    this.scopes = scopes;
    this.debts = debts;
    this.courier = courier;
    this.catchUp = catchUp;
    this.standing = standing;
    this.restorer = restorer;
  }

  @Override
  public void find(FindRequest request, StreamObserver<FindResponse> responses) {
    StoreStatus.answer(
        responses,
        () -> {
          BlobScope scope =
              scope(
                  request.getInstanceName(), request.getDigestFunction(), request.getDigestsList());
          // Asked first: what it became complete by meanwhile was not there when it was looked for.
          boolean complete = standing.isComplete();
          FindResponse.Builder response = FindResponse.newBuilder().setComplete(complete);
          blobs
              .findMissing(scope, digests(scope, request.getDigestsList()))
              .forEach(missing -> response.addMissing(missing.toProto()));
          return response.build();
        });
  }

  private static BlobScope scope(
      String instance,
      build.bazel.remote.execution.v2.DigestFunction.Value function,
      List<build.bazel.remote.execution.v2.Digest> digests) {
    String hash = digests.isEmpty() ? "" : digests.getFirst().getHash();
    return new BlobScope(InstanceName.parse(instance), DigestFunction.resolve(function, hash));
  }

  private static List<Digest> digests(
      BlobScope scope, List<build.bazel.remote.execution.v2.Digest> protos) {
    return Digest.parseAll(protos, scope.function(), "digests");
  }

  @Override
  public void getResult(GetResultRequest request, StreamObserver<GetResultResponse> responses) {
    StoreStatus.answer(
        responses,
        () -> {
          ActionKey key =
              ActionKey.parse(
                  request.getInstanceName(),
                  request.getDigestFunction(),
                  request.getActionDigest());
          boolean complete = standing.isComplete();
          Optional<ActionResult> result = results.get(key);
          GetResultResponse.Builder response = GetResultResponse.newBuilder().setComplete(complete);
          result.ifPresent(response::setResult);
          return response.build();
        });
  }

  @Override
  public void owe(OweRequest request, StreamObserver<OweResponse> responses) {
    StoreStatus.answer(
        responses,
        () -> {
          Endpoint owed = peer(request.getShard());
          debts.owe(owed, request.getItemsList().stream().map(Items::parse).toList());
          return OweResponse.getDefaultInstance();
        });
  }

  private Endpoint peer(String name) {
    for (Endpoint peer : members.peers()) {
      if (peer.toString().equals(name)) {
        return peer;
      }
    }
    throw ReapiStatus.invalidArgument(
        "shard is %s: this is shard %s, and the others are %s"
            .formatted(ReapiStatus.quote(name), members.self(), members.peers()));
  }

  @Override
  public void copy(CopyRequest request, StreamObserver<CopyResponse> responses) {
    StoreStatus.answer(responses, () -> copy(request));
  }

  private CopyResponse copy(CopyRequest request) throws IOException {
    BlobScope scope =
        scope(request.getInstanceName(), request.getDigestFunction(), request.getDigestsList());
    List<Digest> digests = digests(scope, request.getDigestsList());
    Shard target = Objects.requireNonNull(members.peer(peer(request.getShard())));
    for (Digest missing : blobs.findMissing(scope, digests)) {
      throw ReapiStatus.notFound("Blob " + missing + " is not in the store");
    }
    List<Item> items = new ArrayList<>();
    digests.forEach(digest -> items.add(new Item.Blob(scope, digest)));
    try {
      courier.bring(items, target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ReapiStatus.unavailable("The shard stops");
    }
    return CopyResponse.getDefaultInstance();
  }

  @Override
  public void restore(RestoreRequest request, StreamObserver<RestoreResponse> responses) {
    StoreStatus.answer(
        responses,
        () -> {
          BlobScope scope =
              scope(
                  request.getInstanceName(), request.getDigestFunction(), request.getDigestsList());
          RestoreResponse.Builder response = RestoreResponse.newBuilder();
          restorer
              .restore(scope, digests(scope, request.getDigestsList()))
              .forEach(restored -> response.addRestored(restored.toProto()));
          return response.build();
        });
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> responses) {
    StreamGate.stream(
        responses,
        gate -> {
          takeOver(request);
          Listing listing = new Listing(peer(request.getShard()), part -> send(gate, part));
          try {
            list.list(
                scopes.scopes(), (scope, digest) -> listing.add(new Item.Blob(scope, digest)));
            resultList.list(
                scopes.scopes(),
                (scope, action) ->
                    listing.add(
                        new Item.Result(
                            new ActionKey(scope.instance(), scope.function(), action))));
          } catch (IOException e) {
            throw StoreStatus.of(e);
          }
          listing.flush();
        });
  }

  /**
   * Else what is written by an earlier placement, after it was listed, would be asked for later.
   */
  private void takeOver(ListRequest request) {
    if (!request.hasPlacement()) {
      return; // It is of an older version, which knows no other placement.
    }
    Placement known = learn(request.getPlacement());
    if (known.follows(members.placement())) {
      throw ReapiStatus.unavailable(
          "The shard has %s and cannot take over %s now".formatted(members.placement(), known));
    }
  }

  private Placement learn(build.sparrow.storage.v1.Placement proto) {
    Placement known;
    try {
      known = Placements.parse(proto, members.placement().copies());
    } catch (IllegalArgumentException e) {
      throw ReapiStatus.invalidArgument("placement is none: " + e.getMessage());
    }
    members.learn(known);
    return known;
  }

  private static void send(StreamGate<ListResponse> gate, ListResponse part) {
    try {
      gate.send(part);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The shard stops");
    }
  }

  /** Sends on. */
  @FunctionalInterface
  private interface Gate {
    void send(ListResponse part);
  }

  /** Of what the store holds what one other shard may be asked for, in messages of some size. */
  private final class Listing {
    private final Endpoint other;
    private final Gate gate;
    private ListResponse.@Nullable Builder part;

    Listing(Endpoint other, Gate gate) {
      this.other = other;
      this.gate = gate;
    }

    void add(Item item) {
      if (!members.placement().targets(item).ranked().contains(other)) {
        return;
      }
      if (part == null) {
        part = ListResponse.newBuilder();
      }
      part.addItems(Items.toProto(item));
      if (part.getItemsCount() == LISTED_ITEMS) {
        flush();
      }
    }

    void flush() {
      if (part != null) {
        gate.send(part.build());
        part = null;
      }
    }
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
    StoreStatus.answer(
        responses,
        () -> {
          if (request.hasPlacement()) {
            learn(request.getPlacement());
          }
          StatusResponse.Builder response =
              StatusResponse.newBuilder()
                  .setComplete(standing.isComplete())
                  .setGeneration(standing.generation());
          members.known().ifPresent(own -> response.setPlacement(Placements.toProto(own)));
          catchUp.awaited().forEach(peer -> response.addAwaitedShards(peer.toString()));
          debts
              .counts()
              .forEach(
                  (peer, items) ->
                      response.addDebts(
                          Debt.newBuilder().setShard(peer.toString()).setItems(items)));
          return response.build();
        });
  }
}
