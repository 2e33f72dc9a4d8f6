package build.sparrow.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Digest;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.Platform;
import build.bazel.remote.execution.v2.SymlinkNode;
import build.sparrow.e2e.client.ReapiClient;
import build.sparrow.e2e.client.Refusal;
import build.sparrow.e2e.farm.Farm;
import build.sparrow.e2e.farm.FarmLayout;
import build.sparrow.e2e.farm.FarmLayout.Sandbox;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an action must not be; none of it reaches an executor. */
final class RefusedActionsTest {
  @RegisterExtension static final Farm farm = Farm.inOneProcess(FarmLayout.with(Sandbox.NONE));

  @RegisterExtension static final ReapiClient client = ReapiClient.of(farm);

  /**
   * An action that the farm must refuse.
   *
   * @param parts what the message must contain
   */
  private record Row(String name, Supplier<Digest> action, List<String> parts) {
    DynamicTest toTest() {
      return dynamicTest(
          name,
          () -> {
            Digest digest = action.get();

            Refusal refusal = Refusal.of(() -> client.execute(digest));

            assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal.message()).contains(parts);
          });
    }
  }

  @TestFactory
  Stream<DynamicTest> aDirectoryThatIsNotCanonicalIsRefused() {
    return Stream.of(
            withInputs("file ..", root -> root.addFiles(file("..")), "'..'"),
            withInputs("directory .", root -> root.addDirectories(directory(".")), "'.'"),
            withInputs("symlink without a name", root -> root.addSymlinks(symlink("")), "''"),
            withInputs("file with a slash", root -> root.addFiles(file("a/b")), "'a/b'"),
            withInputs("file with NUL", root -> root.addFiles(file("a\0b")), "NUL"),
            withInputs(
                "file with a long name", root -> root.addFiles(file("x".repeat(256))), "256"),
            withInputs(
                "files out of order",
                root -> root.addFiles(file("b")).addFiles(file("a")),
                "'a'",
                "'b'",
                "sorted"),
            withInputs(
                "a file twice",
                root -> root.addFiles(file("a")).addFiles(file("a")),
                "'a'",
                "twice"),
            withInputs(
                "a file and a directory of one name",
                root -> root.addFiles(file("a")).addDirectories(directory("a")),
                "'a'",
                "twice"),
            withInputs(
                "a directory that is no Directory",
                root ->
                    root.addDirectories(
                        DirectoryNode.newBuilder()
                            .setName("d")
                            .setDigest(client.put(ByteString.copyFromUtf8("no Directory")))),
                "directory"),
            withInputs(
                "a file with a malformed digest",
                root ->
                    root.addFiles(
                        FileNode.newBuilder().setName("a").setDigest(ReapiClient.digest("abc", 1))),
                "'a'",
                "\"abc\""),
            new Row(
                "a name in a directory below",
                () -> {
                  Digest below = client.put(Directory.newBuilder().addFiles(file("..")).build());
                  return client.put(
                      command().build(),
                      Directory.newBuilder()
                          .addDirectories(
                              DirectoryNode.newBuilder().setName("below").setDigest(below))
                          .build());
                },
                List.of("'..'")))
        .map(Row::toTest);
  }

  @TestFactory
  Stream<DynamicTest> aTreeThatOutgrowsTheLimitsIsRefused() {
    return Stream.of(
            new Row("2^40 directories", () -> treeOf(40, 2), List.of("1000000", "maxInputEntries")),
            new Row("257 levels", () -> treeOf(257, 1), List.of("256")))
        .map(Row::toTest);
  }

  @TestFactory
  Stream<DynamicTest> aCommandThatLeavesTheInputRootOrCannotRunIsRefused() {
    return Stream.of(
            withCommand("output ../x", command -> command.addOutputPaths("../x"), "../x", "leaves"),
            withCommand(
                "output a/../../x", command -> command.addOutputPaths("a/../../x"), "a/../../x"),
            withCommand(
                "output /etc/passwd", command -> command.addOutputPaths("/etc/passwd"), "absolute"),
            withCommand("output with NUL", command -> command.addOutputPaths("a\0b"), "NUL"),
            withCommand(
                "output out of the root from the working directory",
                command -> command.setWorkingDirectory("w").addOutputPaths("../../x"),
                "../../x"),
            withCommand(
                "older output file ../x", command -> command.addOutputFiles("../x"), "../x"),
            withCommand(
                "older output directory ../d",
                command -> command.addOutputDirectories("../d"),
                "../d"),
            withCommand(
                "working directory ..", command -> command.setWorkingDirectory(".."), "'..'"),
            withCommand(
                "working directory /tmp",
                command -> command.setWorkingDirectory("/tmp"),
                "/tmp",
                "absolute"),
            withCommand("no arguments", Command.Builder::clearArguments, "arguments"))
        .map(Row::toTest);
  }

  @Test
  void aTimeoutAboveTheLimitIsRefusedWithTheLimit() {
    Digest action =
        client.put(
            Action.newBuilder()
                .setCommandDigest(client.put(command().build()))
                .setInputRootDigest(client.put(Directory.getDefaultInstance()))
                .setTimeout(Duration.newBuilder().setSeconds(1_000_000))
                .build());

    Refusal refusal = Refusal.of(() -> client.execute(action));

    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(refusal.message()).contains("timeout", "3600");
  }

  @Test
  void aPlatformThatNoPoolOffersIsRefusedWithTheNearestPool() {
    Digest action =
        client.put(
            Action.newBuilder()
                .setCommandDigest(client.put(command().build()))
                .setInputRootDigest(client.put(Directory.getDefaultInstance()))
                .setPlatform(
                    Platform.newBuilder()
                        .addProperties(
                            Platform.Property.newBuilder().setName("OSFamily").setValue("plan9")))
                .build());

    Refusal refusal = Refusal.of(() -> client.execute(action));

    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(refusal.message()).contains("linux", "OSFamily", "plan9");
  }

  @Test
  void missingInputsAreNamed() {
    Digest missing = ReapiClient.digest("0123456789abcdef".repeat(4), 77);
    Digest action =
        client.put(
            command().build(),
            Directory.newBuilder()
                .addFiles(FileNode.newBuilder().setName("input").setDigest(missing))
                .build());

    Refusal refusal = Refusal.of(() -> client.execute(action));

    assertThat(refusal.code()).as("%s", refusal).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(refusal.message()).contains("blobs/" + missing.getHash() + "/77");
  }

  @AfterEach
  void nothingWasScheduled() {
    assertThat(farm.inspect().getPoolsList())
        .allSatisfy(
            pool -> {
              assertThat(pool.getQueuedActions()).isZero();
              assertThat(pool.getBusySlots()).isZero();
            });
    assertThat(marker()).doesNotExist();
  }

  /** What a command that ran would have left on this machine. */
  private static Path marker() {
    return farm.directory().resolve("ran");
  }

  private static Command.Builder command() {
    return Command.newBuilder().addArguments("/bin/touch").addArguments(marker().toString());
  }

  private static Row withInputs(String name, Consumer<Directory.Builder> change, String... parts) {
    return new Row(
        name,
        () -> {
          Directory.Builder root = Directory.newBuilder();
          change.accept(root);
          return client.put(command().build(), root.build());
        },
        List.of(parts));
  }

  private static Row withCommand(String name, Consumer<Command.Builder> change, String... parts) {
    return new Row(
        name,
        () -> {
          Command.Builder command = command();
          change.accept(command);
          Directory root = Directory.newBuilder().addDirectories(directory("w")).build();
          return client.put(command.build(), root);
        },
        List.of(parts));
  }

  /** An action whose input root has so many levels of so many equal directories each. */
  private static Digest treeOf(int levels, int width) {
    Directory directory = Directory.newBuilder().addFiles(file("leaf")).build();
    for (int level = 0; level < levels; level++) {
      Digest below = client.put(directory);
      Directory.Builder above = Directory.newBuilder();
      for (int i = 0; i < width; i++) {
        above.addDirectories(DirectoryNode.newBuilder().setName("d" + i).setDigest(below));
      }
      directory = above.build();
    }
    return client.put(command().build(), directory);
  }

  private static FileNode file(String name) {
    return FileNode.newBuilder()
        .setName(name)
        .setDigest(client.put(ByteString.copyFromUtf8("contents")))
        .build();
  }

  private static DirectoryNode directory(String name) {
    return DirectoryNode.newBuilder()
        .setName(name)
        .setDigest(client.put(Directory.getDefaultInstance()))
        .build();
  }

  private static SymlinkNode symlink(String name) {
    return SymlinkNode.newBuilder().setName(name).setTarget("leaf").build();
  }
}
