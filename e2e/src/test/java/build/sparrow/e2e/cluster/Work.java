package build.sparrow.e2e.cluster;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.Platform;
import build.sparrow.e2e.client.ReapiClient;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Actions that no cache has a result of. */
final class Work {
  private final ReapiClient client;

  Work(ReapiClient client) {
    this.client = client;
  }

  /** Begins an action that takes so many seconds. */
  CompletableFuture<ExecuteResponse> start(int seconds) {
    Digest action = action(seconds, Platform.getDefaultInstance());
    CompletableFuture<ExecuteResponse> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                result.complete(client.execute(action));
              } catch (RuntimeException | AssertionError e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  /** Runs a command. */
  ExecuteResponse run(String... arguments) {
    return client.execute(action(Platform.getDefaultInstance(), List.of(arguments)));
  }

  /** Runs an action that asks for a platform. */
  ExecuteResponse runOn(String property, String value) {
    Platform platform =
        Platform.newBuilder()
            .addProperties(Platform.Property.newBuilder().setName(property).setValue(value))
            .build();
    return client.execute(action(0, platform));
  }

  private Digest action(int seconds, Platform platform) {
    String line = "sleep %d # %s".formatted(seconds, UUID.randomUUID());
    return action(platform, List.of("/bin/sh", "-c", line));
  }

  private Digest action(Platform platform, List<String> arguments) {
    Command command = Command.newBuilder().addAllArguments(arguments).build();
    return client.put(
        Action.newBuilder()
            .setCommandDigest(client.put(command))
            .setInputRootDigest(client.put(Directory.getDefaultInstance()))
            .setPlatform(platform)
            .build());
  }
}
