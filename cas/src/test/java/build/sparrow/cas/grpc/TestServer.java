package build.sparrow.cas.grpc;

import build.bazel.remote.execution.v2.ActionCacheGrpc;
import build.bazel.remote.execution.v2.ContentAddressableStorageGrpc;
import build.sparrow.cas.ActionCache;
import build.sparrow.cas.BlobStore;
import build.sparrow.cas.InMemoryActionCache;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.GrpcServer;
import com.google.bytestream.ByteStreamGrpc;
import io.grpc.ManagedChannel;
import java.io.IOException;

/** The services over a store, on a port of its own, and a channel to them. */
public final class TestServer implements AutoCloseable {
  private final ByteStreamService byteStream;
  private final GrpcServer server;
  private final ManagedChannel channel;

  public TestServer(BlobStore store) throws IOException {
    this(store, new InMemoryActionCache());
  }

  public TestServer(BlobStore store, ActionCache cache) throws IOException {
    this(store, cache, new Endpoint("127.0.0.1", 0));
  }

  public TestServer(BlobStore store, ActionCache cache, Endpoint listen) throws IOException {
    byteStream = new ByteStreamService(store);
    server =
        GrpcServer.builder(listen)
            .addService(new ContentAddressableStorageService(store))
            .addService(byteStream)
            .addService(new ActionCacheService(cache, store))
            .build()
            .start();
    channel = GrpcChannels.connect(server.endpoint());
  }

  public Endpoint endpoint() {
    return server.endpoint();
  }

  public ManagedChannel channel() {
    return channel;
  }

  ByteStreamGrpc.ByteStreamBlockingStub byteStream() {
    return ByteStreamGrpc.newBlockingStub(channel);
  }

  ContentAddressableStorageGrpc.ContentAddressableStorageBlockingStub cas() {
    return ContentAddressableStorageGrpc.newBlockingStub(channel);
  }

  ActionCacheGrpc.ActionCacheBlockingStub actionCache() {
    return ActionCacheGrpc.newBlockingStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    byteStream.close();
  }
}
