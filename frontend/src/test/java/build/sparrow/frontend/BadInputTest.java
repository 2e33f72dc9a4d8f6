package build.sparrow.frontend;

import static build.sparrow.frontend.ActionBuilder.action;
import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.ExecuteRequest;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.SymlinkNode;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.ReapiStatus;
import com.google.protobuf.ByteString;
import com.google.rpc.PreconditionFailure;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an Execute that cannot be right gets, before anything is scheduled. */
@SuppressWarnings("NullAway.Init")
final class BadInputTest {
  @TempDir private static Path directory;
  private static LoopbackFarm farm;

  @BeforeAll
  static void startFarm() throws Exception {
    farm = LoopbackFarm.start(directory);
  }

  @AfterAll
  static void stopFarm() {
    farm.close();
  }

  private static void assertRefused(ActionBuilder action, String... texts) throws IOException {
    assertFails(farm.execute(action).failure(), Status.Code.INVALID_ARGUMENT, texts);
  }

  private static void assertRefused(ExecuteRequest.Builder request, String... texts) {
    assertFails(farm.request(request.build()).failure(), Status.Code.INVALID_ARGUMENT, texts);
  }

  private static void assertFails(
      StatusRuntimeException failure, Status.Code code, String... texts) {
    assertThat(failure.getStatus().getCode()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).contains(texts);
  }

  private static ExecuteRequest.Builder request(String hash, long size) {
    ExecuteRequest.Builder request = ExecuteRequest.newBuilder();
    request.getActionDigestBuilder().setHash(hash).setSizeBytes(size);
    return request;
  }

  private static ActionBuilder commanded(Consumer<Command.Builder> change) {
    return action().commanded(change);
  }

  private static FileNode file(ActionBuilder action, String name) {
    return FileNode.newBuilder().setName(name).setDigest(action.blob("content").toProto()).build();
  }

  private static DirectoryNode child(String name, Digest digest) {
    return DirectoryNode.newBuilder().setName(name).setDigest(digest.toProto()).build();
  }

  // Digests and names of the request.

  @Test
  void digestsMustBeDigests() {
    assertRefused(request("nope", 3), "hash", "\"nope\"");
    assertRefused(request("A".repeat(64), 3), "hash", "lower-case");
    assertRefused(request("a".repeat(64), -3), "action_digest.size_bytes", "-3");
    assertRefused(request("a".repeat(64), 0), "size_bytes is 0");
    assertRefused(ExecuteRequest.newBuilder(), "hash is \"\"");
    assertRefused(
        request("a".repeat(64), 3)
            .setDigestFunction(build.bazel.remote.execution.v2.DigestFunction.Value.VSO),
        "digest_function is VSO");
    assertRefused(request("a".repeat(64), 3).setInstanceName("a//b"), "instance_name", "a//b");
  }

  @Test
  void digestsInsideAnActionMustBeDigests() throws Exception {
    ActionBuilder noCommand = action();
    Digest broken =
        noCommand.blob(noCommand.build().toBuilder().clearCommandDigest().build().toByteString());

    farm.upload(noCommand);

    assertRefused(request(broken.hash(), broken.sizeBytes()), "action.command_digest.hash");
  }

  @Test
  void actionMustBeAnAction() throws Exception {
    ActionBuilder garbage = action();
    Digest notAnAction = garbage.blob("\u0001garbage");

    farm.upload(garbage);

    assertRefused(
        request(notAnAction.hash(), notAnAction.sizeBytes()), "action", notAnAction.hash());
  }

  @Test
  void commandMustBeACommand() throws Exception {
    ActionBuilder garbage = action();
    Digest notACommand = garbage.blob("\u0001garbage");
    Action made = garbage.build().toBuilder().setCommandDigest(notACommand.toProto()).build();
    Digest digest = garbage.blob(made.toByteString());

    farm.upload(garbage);

    assertRefused(request(digest.hash(), digest.sizeBytes()), "command", notACommand.hash());
  }

  @Test
  void actionAndCommandMustFitOneMessage() {
    assertRefused(request("a".repeat(64), 1L << 40), "1099511627776 bytes", "at most 4194304");
  }

  // The command.

  @Test
  void commandMustNameAProgram() throws Exception {
    assertRefused(commanded(Command.Builder::clearArguments), "no arguments");
    assertRefused(commanded(it -> it.setArguments(0, "")), "argument 1", "empty");
    assertRefused(commanded(it -> it.addArguments("a\0b")), "argument 2", "NUL");
  }

  @Test
  void environmentMustBePassable() throws Exception {
    assertRefused(variables("A=B", "1"), "environment variable name", "\"A=B\"");
    assertRefused(variables("", "1"), "environment variable name");
    assertRefused(variables("A", "a\0"), "environment variable \"A\"", "NUL");
    assertRefused(variables("A", "1", "A", "2"), "environment variable \"A\" is set twice");
  }

  private static ActionBuilder variables(String... namesAndValues) {
    return commanded(
        command -> {
          for (int i = 0; i < namesAndValues.length; i += 2) {
            command.addEnvironmentVariables(
                Command.EnvironmentVariable.newBuilder()
                    .setName(namesAndValues[i])
                    .setValue(namesAndValues[i + 1]));
          }
        });
  }

  @Test
  void nothingMayLeaveTheInputRoot() throws Exception {
    assertRefused(
        commanded(it -> it.addOutputPaths("../..")), "output path '../..' leaves the input root");
    assertRefused(commanded(it -> it.addOutputPaths("/etc/passwd")), "'/etc/passwd'", "absolute");
    assertRefused(commanded(it -> it.addOutputFiles("a/../../b")), "'a/../../b' leaves");
    assertRefused(commanded(it -> it.addOutputDirectories("..")), "'..' leaves");
    assertRefused(
        commanded(it -> it.setWorkingDirectory("a").addOutputPaths("../../b")), "'../../b' leaves");
    assertRefused(
        commanded(it -> it.setWorkingDirectory("../x")), "working directory '../x' leaves");
    assertRefused(commanded(it -> it.setWorkingDirectory("/tmp")), "'/tmp'", "absolute");
  }

  @Test
  void outputsMustBeDistinctPlaces() throws Exception {
    assertRefused(commanded(it -> it.addOutputPaths("a").addOutputPaths("./a")), "same place");
    assertRefused(commanded(it -> it.addOutputFiles("a").addOutputDirectories("a")), "same place");
    assertRefused(
        commanded(it -> it.addOutputFiles("a").addOutputFiles("a/b")), "beneath an output file");
    assertRefused(commanded(it -> it.addOutputFiles(".")), "input root itself");
  }

  @Test
  void outputsMustFitTheInputs() throws Exception {
    ActionBuilder beneath = commanded(it -> it.addOutputPaths("d/f/o"));
    ActionBuilder onDirectory = commanded(it -> it.addOutputFiles("d"));
    ActionBuilder onFile = commanded(it -> it.addOutputDirectories("d/f"));
    ActionBuilder workInFile = commanded(it -> it.setWorkingDirectory("d/f"));
    for (ActionBuilder each : List.of(beneath, onDirectory, onFile, workInFile)) {
      Digest child = each.directory(Directory.newBuilder().addFiles(file(each, "f")).build());
      each.root(Directory.newBuilder().addDirectories(child("d", child)).build());
    }

    assertRefused(beneath, "\"d/f/o\" lies beneath a file");
    assertRefused(onDirectory, "\"d\" is a directory");
    assertRefused(onFile, "\"d/f\" is a file");
    assertRefused(workInFile, "working directory \"d/f\"");
  }

  // Timeout and platform.

  @Test
  void timeoutMustBeWithinTheFarms() throws Exception {
    assertRefused(action().timeout(-1), "action timeout is -1 s");
    assertRefused(action().timeout(3601), "3601 s", "3600 s", "maxActionTimeoutSeconds");
    assertRefused(
        action().tuned(it -> it.getTimeoutBuilder().setSeconds(1).setNanos(-1)),
        "not a valid duration");
  }

  @Test
  void platformNamesMustNotBeEmpty() throws Exception {
    assertRefused(action().platform("", "x"), "platform property", "empty name");
    assertRefused(action().platform(" ", "x"), "platform property", "blank");
  }

  @Test
  void platformThatNoPoolHasIsRefusedWithTheNearest() throws Exception {
    var failure = farm.execute(action().platform("OSFamily", "windows").platform("cpu", "arm64"));

    assertFails(
        failure.failure(),
        Status.Code.FAILED_PRECONDITION,
        "No executor pool can run platform OSFamily=windows,cpu=arm64;"
            + " nearest pool windows differs in cpu: wants arm64, offers x86_64");
  }

  @Test
  void platformOfTheCommandCountsForOldClients() throws Exception {
    ActionBuilder old =
        commanded(
            it -> it.getPlatformBuilder().addPropertiesBuilder().setName("gpu").setValue("1"));

    assertFails(
        farm.execute(old).failure(),
        Status.Code.FAILED_PRECONDITION,
        "gpu: wants 1, does not declare it");
  }

  // The input tree.

  @Test
  void namesInTheTreeMustBeFileNames() throws Exception {
    for (String name : List.of("..", ".", "", "a/b", "a\0b", "x".repeat(256))) {
      ActionBuilder action = action();
      Digest root = action.directory(Directory.newBuilder().addFiles(file(action, name)).build());

      assertRefused(action.root(root), "directory " + root, "entry 1", "not a valid file name");
    }
  }

  @Test
  void directoriesMustBeCanonical() throws Exception {
    ActionBuilder twice = action();
    ActionBuilder unsorted = action();
    ActionBuilder both = action();
    ActionBuilder noTarget = action();

    assertRefused(
        twice.root(
            Directory.newBuilder().addFiles(file(twice, "a")).addFiles(file(twice, "a")).build()),
        "'a' occurs twice");
    assertRefused(
        unsorted.root(
            Directory.newBuilder()
                .addFiles(file(unsorted, "b"))
                .addFiles(file(unsorted, "a"))
                .build()),
        "sorted");
    assertRefused(
        both.root(
            Directory.newBuilder()
                .addFiles(file(both, "a"))
                .addDirectories(child("a", DigestFunction.SHA256.emptyDigest()))
                .build()),
        "'a' occurs twice");
    assertRefused(
        noTarget.root(
            Directory.newBuilder().addSymlinks(SymlinkNode.newBuilder().setName("l")).build()),
        "target",
        "'l'");
  }

  @Test
  void directoryBeneathTheRootIsCheckedToo() throws Exception {
    ActionBuilder action = action();
    Digest bad = action.directory(Directory.newBuilder().addFiles(file(action, "..")).build());
    Digest middle =
        action.directory(Directory.newBuilder().addDirectories(child("m", bad)).build());

    assertRefused(
        action.root(Directory.newBuilder().addDirectories(child("top", middle)).build()),
        "directory " + bad,
        "'..'");
  }

  @Test
  void directoryMustBeADirectory() throws Exception {
    ActionBuilder action = action();

    assertRefused(action.root(action.blob("\u0001garbage")), "not a Directory message");
  }

  @Test
  void treeThatExpandsBeyondTheBoundIsRefused() throws Exception {
    ActionBuilder bomb = action();
    Digest level = bomb.directory(Directory.newBuilder().addFiles(file(bomb, "f")).build());
    for (int i = 0; i < 40; i++) {
      level =
          bomb.directory(
              Directory.newBuilder()
                  .addDirectories(child("a", level))
                  .addDirectories(child("b", level))
                  .build());
    }

    assertRefused(
        bomb.root(level), "input root expands to more than 1000000 entries (maxInputEntries)");
  }

  @Test
  void treeThatIsTooDeepIsRefused() throws Exception {
    ActionBuilder deepest = action();
    ActionBuilder tooDeep = action();
    deepest.root(chain(deepest, 256));
    tooDeep.root(chain(tooDeep, 257));

    assertRefused(tooDeep, "more than 256 levels");
    assertThat(farm.execute(deepest).next()).isNotNull();
  }

  private static Digest chain(ActionBuilder action, int levels) {
    Digest level = action.directory(Directory.getDefaultInstance());
    for (int i = 0; i < levels; i++) {
      level = action.directory(Directory.newBuilder().addDirectories(child("d", level)).build());
    }
    return level;
  }

  @Test
  void treeWithTooLongPathsIsRefused() throws Exception {
    ActionBuilder action = action();
    Digest level = action.directory(Directory.getDefaultInstance());
    for (int i = 0; i < 20; i++) {
      level =
          action.directory(
              Directory.newBuilder().addDirectories(child("x".repeat(250), level)).build());
    }

    assertRefused(action.root(level), "longest path", "5019 bytes", "4095");
  }

  // Missing blobs.

  private static List<String> missingSubjects(StatusRuntimeException failure) {
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    PreconditionFailure details =
        Objects.requireNonNull(ReapiStatus.preconditionFailure(ReapiStatus.toProto(failure)));
    assertThat(details.getViolationsList()).allMatch(it -> it.getType().equals("MISSING"));
    return details.getViolationsList().stream()
        .map(PreconditionFailure.Violation::getSubject)
        .toList();
  }

  @Test
  void missingActionIsNamed() {
    ActionBuilder action = action("never uploaded");

    assertThat(missingSubjects(farm.executeOnly(action, it -> it).failure()))
        .containsExactly("blobs/" + action.digest());
  }

  @Test
  void allMissingInputsAreNamedAtOnce() throws Exception {
    ActionBuilder action = commanded(it -> it.addArguments("missing inputs"));
    Digest there = action.blob("there");
    Digest one = action.blob("missing one");
    Digest two = action.blob("missing two");
    Digest gone = action.directory(Directory.newBuilder().addFiles(file(action, "gone")).build());
    action.root(
        Directory.newBuilder()
            .addFiles(FileNode.newBuilder().setName("1").setDigest(one.toProto()))
            .addFiles(FileNode.newBuilder().setName("2").setDigest(two.toProto()))
            .addFiles(FileNode.newBuilder().setName("3").setDigest(there.toProto()))
            .addDirectories(child("d", gone))
            .build());
    action.without(one).without(two).without(gone);

    assertThat(missingSubjects(farm.execute(action).failure()))
        .containsExactlyInAnyOrder("blobs/" + one, "blobs/" + two, "blobs/" + gone);

    // Nothing was remembered wrongly: with the blobs there, it is let in.
    ActionBuilder complete = commanded(it -> it.addArguments("missing inputs"));
    complete.blob("missing one");
    complete.blob("missing two");
    complete.directory(Directory.newBuilder().addFiles(file(complete, "gone")).build());
    farm.upload(complete);
    assertThat(
            farm.executeOnly(action, it -> it)
                .until(build.bazel.remote.execution.v2.ExecutionStage.Value.QUEUED))
        .isNotNull();
  }

  @Test
  void missingCommandIsNamedWithMissingInputs() throws Exception {
    ActionBuilder action = commanded(it -> it.addArguments("missing command"));
    Digest file = action.blob("missing three");
    action.root(
        Directory.newBuilder()
            .addFiles(FileNode.newBuilder().setName("1").setDigest(file.toProto()))
            .build());
    action.without(file).without(action.commandDigest());

    assertThat(missingSubjects(farm.execute(action).failure()))
        .containsExactlyInAnyOrder("blobs/" + action.commandDigest(), "blobs/" + file);
  }

  @Test
  void hundredsOfMissingInputsAreAllNamed() throws Exception {
    ActionBuilder action = action();
    Directory.Builder root = Directory.newBuilder();
    for (int i = 100; i < 600; i++) {
      Digest missing = action.blob(ByteString.copyFromUtf8("missing " + i));
      action.without(missing);
      root.addFiles(FileNode.newBuilder().setName("f" + i).setDigest(missing.toProto()));
    }
    action.root(root.build());

    var status = farm.execute(action).response().getStatus();

    assertThat(missingSubjects(ReapiStatus.toException(status))).hasSize(500);
  }
}
