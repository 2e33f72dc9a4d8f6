package build.sparrow.e2e;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.ExecuteResponse;
import build.bazel.remote.execution.v2.ExecutionStage;
import build.sparrow.e2e.bazel.Bazel;
import build.sparrow.e2e.bazel.BazelCommand;
import build.sparrow.e2e.bazel.Processes;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MergedExecutionTest {
  private static final int ACTIONS = 12;

  @RegisterExtension static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.NONE));

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);
  @RegisterExtension static final Bazel one = Bazel.first(farm);
  @RegisterExtension static final Bazel other = Bazel.second(farm);

  @Test
  void twoBazelsAtOnceOnTheSameTargets_runEachActionOnce() throws IOException {
    Path tally = farm.directory().resolve("tally");
    String environment = "--action_env=SPARROW_E2E_TALLY=" + tally;

    for (Bazel bazel : new Bazel[] {one, other}) {
      // So that both begin to run actions at about the same time.
      bazel.run("build", "--nobuild", environment, "//slow:tallied").succeeded();
    }

    BazelCommand ofOne = one.start("build", environment, "//slow:tallied");
    BazelCommand ofOther = other.start("build", environment, "//slow:tallied");
    Processes ranForOne = ofOne.await().succeeded().processes();
    Processes ranForOther = ofOther.await().succeeded().processes();

    Map<String, Long> timesRun;
    try (Stream<String> lines = Files.lines(tally)) {
      timesRun = lines.collect(groupingBy(Function.identity(), counting()));
    }
    assertThat(timesRun)
        .hasSize(ACTIONS)
        .allSatisfy((action, times) -> assertThat(times).as("action %s", action).isEqualTo(1));
    for (Processes processes : new Processes[] {ranForOne, ranForOther}) {
      assertThat(processes.remote() + processes.remoteCacheHits())
          .as("%s", processes)
          .isEqualTo(ACTIONS);
    }
  }

  @Test
  void anEqualActionThatRunsIsJoined() throws Exception {
    Path tally = farm.directory().resolve("joined");
    Path gate = farm.directory().resolve("gate");
    String script = "echo ran >> %s; until [ -e %s ]; do sleep 0.02; done".formatted(tally, gate);
    Digest action =
        client.put(
            Command.newBuilder().addAllArguments(List.of("/bin/sh", "-c", script)).build(),
            Directory.getDefaultInstance());
    ExecuteRequest request = ExecuteRequest.newBuilder().setActionDigest(action).build();

    List<CompletableFuture<ExecuteResponse>> watchers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CountDownLatch executing = new CountDownLatch(1);
      watchers.add(
          CompletableFuture.supplyAsync(
              () ->
                  client.execute(
                      request,
                      stage -> {
                        if (stage == ExecutionStage.Value.EXECUTING) {
                          executing.countDown();
                        }
                      })));
      assertThat(executing.await(10, TimeUnit.SECONDS)).as("watcher %d sees it run", i).isTrue();
    }
    Files.createFile(gate);

    for (CompletableFuture<ExecuteResponse> watcher : watchers) {
      ExecuteResponse response = watcher.get(10, TimeUnit.SECONDS);
      assertThat(response.getResult().getExitCode()).as("%s", response).isZero();
      assertThat(response.getCachedResult()).isFalse();
    }
    assertThat(tally).hasContent("ran\n");
  }
}
