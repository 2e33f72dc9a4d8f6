package build.sparrow.executor.output;

import static build.sparrow.executor.InMemoryBlobStore.SCOPE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Command;
import build.bazel.remote.execution.v2.Command.OutputDirectoryFormat;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.OutputSymlink;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.executor.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.validation.DirectoryRules;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings({"NullAway.Init", "deprecation"})
final class OutputCollectorTest {
  private static final OutputLimits LIMITS = new OutputLimits(16 << 20, 100, 10);

  private final InMemoryBlobStore store = new InMemoryBlobStore();
  private Path root;
  private Path canary;

  @BeforeEach
  void makeRoot(@TempDir Path directory) throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    canary = Files.writeString(directory.resolve("canary"), "secret");
  }

  @Test
  void filesAreStoredWithTheirExecutableBit_andWhatIsNotThereIsLeftOut() throws Exception {
    write("wd/out/plain", "plain");
    write("wd/out/tool", "tool");
    Files.setPosixFilePermissions(
        root.resolve("wd/out/tool"), PosixFilePermissions.fromString("rwx------"));

    ActionResult result =
        collect(
            command()
                .setWorkingDirectory("wd")
                .addOutputPaths("out/plain")
                .addOutputPaths("out/tool")
                .addOutputPaths("out/absent")
                .addOutputPaths("absent/too"));

    assertThat(result.getOutputFilesList())
        .containsExactly(file("out/plain", "plain", false), file("out/tool", "tool", true));
    assertThat(store.get(digest("tool")).toStringUtf8()).isEqualTo("tool");
    assertThat(store.batches()).isEqualTo(1);
  }

  @Test
  void largeFilesAreStreamed() throws Exception {
    write("large", "x".repeat(3 << 20));

    ActionResult result = collect(command().addOutputPaths("large"));

    assertThat(result.getOutputFiles(0).getDigest().getSizeBytes()).isEqualTo(3 << 20);
    assertThat(store.get(digest("x".repeat(3 << 20))).size()).isEqualTo(3 << 20);
    assertThat(store.batches()).isZero();
  }

  @Test
  void directoriesBecomeTreesWithParentsFirst() throws Exception {
    write("d/a/same", "1");
    write("d/b/same", "1");
    write("d/b/deeper/x", "2");
    Files.createSymbolicLink(root.resolve("d/link"), Path.of("a/same"));
    Files.createDirectory(root.resolve("d/empty"));

    OutputDirectory directory = collect(command().addOutputPaths("d")).getOutputDirectories(0);

    assertThat(directory.getPath()).isEqualTo("d");
    assertThat(directory.getIsTopologicallySorted()).isTrue();
    assertThat(directory.hasRootDirectoryDigest()).isFalse();
    Tree tree = Tree.parseFrom(store.get(digest(directory.getTreeDigest())));
    assertThat(tree.getRoot().getDirectoriesList().stream().map(d -> d.getName()))
        .containsExactly("a", "b", "empty");
    assertThat(tree.getRoot().getSymlinks(0).getTarget()).isEqualTo("a/same");
    assertThat(tree.getChildrenList()).doesNotHaveDuplicates().hasSize(4);
    assertParentsFirst(tree);
    assertThat(store.get(digest("2")).toStringUtf8()).isEqualTo("2");
  }

  @Test
  void directoriesCanBeHadAsSingleMessagesOrAsBoth() throws Exception {
    write("d/a/x", "1");

    OutputDirectory single =
        collect(
                command()
                    .addOutputPaths("d")
                    .setOutputDirectoryFormat(OutputDirectoryFormat.DIRECTORY_ONLY))
            .getOutputDirectories(0);
    OutputDirectory both =
        collect(
                command()
                    .addOutputPaths("d")
                    .setOutputDirectoryFormat(OutputDirectoryFormat.TREE_AND_DIRECTORY))
            .getOutputDirectories(0);

    assertThat(single.hasTreeDigest()).isFalse();
    assertThat(both.hasTreeDigest()).isTrue();
    assertThat(both.getRootDirectoryDigest()).isEqualTo(single.getRootDirectoryDigest());
    Directory directory = Directory.parseFrom(store.get(digest(single.getRootDirectoryDigest())));
    Directory child =
        Directory.parseFrom(store.get(digest(directory.getDirectories(0).getDigest())));
    assertThat(child.getFiles(0).getName()).isEqualTo("x");
  }

  @Test
  void theWorkingDirectoryItselfCanBeAnOutput() throws Exception {
    write("x", "1");

    assertThat(collect(command().addOutputDirectories("")).getOutputDirectories(0).getPath())
        .isEmpty();
    assertThat(collect(command().addOutputPaths(".")).getOutputDirectories(0).getPath())
        .isEqualTo(".");
  }

  @Test
  void namesOfTreesAreSortedByTheirBytes() throws Exception {
    for (String name : new String[] {"b", "a.b", "a", "A", "a-", "a_"}) {
      write("d/" + name, name);
    }

    Digest treeDigest =
        digest(collect(command().addOutputPaths("d")).getOutputDirectories(0).getTreeDigest());

    Directory directory = Tree.parseFrom(store.get(treeDigest)).getRoot();
    assertThat(directory.getFilesList().stream().map(f -> f.getName()))
        .containsExactly("A", "a", "a-", "a.b", "a_", "b");
    DirectoryRules.check(treeDigest, SCOPE.function(), directory);
  }

  @Test
  void symlinksAreTakenThemselves_andNeverFollowed() throws Exception {
    write("d/x", "1");
    Files.createSymbolicLink(root.resolve("out"), canary);
    Files.createSymbolicLink(root.resolve("to-dir"), Path.of("d"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));

    ActionResult result =
        collect(
            command().addOutputPaths("out").addOutputPaths("to-dir").addOutputPaths("dangling"));

    assertThat(result.getOutputSymlinksList())
        .containsExactly(
            symlink("out", canary.toString()),
            symlink("to-dir", "d"),
            symlink("dangling", "nowhere"));
    assertThat(result.getOutputDirectorySymlinksList()).containsExactly(symlink("to-dir", "d"));
    assertThat(result.getOutputFileSymlinksCount()).isEqualTo(2);
    assertCanaryIsNotStored();
  }

  @Test
  void olderCommandsGetSymlinksInTheOlderLists() throws Exception {
    Files.createSymbolicLink(root.resolve("f"), Path.of("x"));
    Files.createSymbolicLink(root.resolve("d"), Path.of("y"));

    ActionResult result = collect(command().addOutputFiles("f").addOutputDirectories("d"));

    assertThat(result.getOutputFileSymlinksList()).containsExactly(symlink("f", "x"));
    assertThat(result.getOutputDirectorySymlinksList()).containsExactly(symlink("d", "y"));
    assertThat(result.getOutputSymlinksCount()).isZero();
  }

  @Test
  void aSymlinkInTheMiddleOfAPathIsRefused() throws Exception {
    Files.createSymbolicLink(root.resolve("d"), Path.of("/"));
    assertRefused("d/etc/passwd", "output 'd/etc/passwd': 'd' is a symbolic link");

    Files.createDirectory(root.resolve("a"));
    Files.createSymbolicLink(root.resolve("a/d"), root.resolve(".."));
    assertRefused("a/d/canary", "output 'a/d/canary': 'a/d' is a symbolic link");
    assertCanaryIsNotStored();
  }

  @Test
  void aRelativeSymlinkOutOfTheTreeIsRefused() throws Exception {
    Files.createDirectory(root.resolve("d"));
    Files.createSymbolicLink(root.resolve("d/x"), Path.of("../../canary"));

    assertRefused(
        "d/x", "output 'd/x' is a symbolic link to '../../canary', which leaves the input root");
    assertRefused(
        "d", "output 'd/x' is a symbolic link to '../../canary', which leaves the input root");
  }

  @Test
  void whatIsNeitherFileNorDirectoryIsNamedAndNotOpened() throws Exception {
    new ProcessBuilder("mkfifo", root.resolve("fifo").toString()).start().waitFor();
    assertRefused(
        "fifo", "output 'fifo' is a FIFO; outputs are files, directories and symbolic links");

    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Files.createDirectory(root.resolve("d"));
      socket.bind(UnixDomainSocketAddress.of(root.resolve("d/socket")));
      assertRefused(
          "d", "output 'd/socket' is a socket; outputs are files, directories and symbolic links");
    }
  }

  @Test
  void aFileOfMostlyHolesIsRefusedByItsSize() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(root.resolve("big").toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }

    assertRefused(
        "big",
        "output 'big' has 1099511627776 bytes, with which the outputs have more than the 16777216"
            + " bytes that an action may leave");
  }

  @Test
  void aDirectoryOfTooManyEntriesOrLevelsIsRefused() throws Exception {
    for (int i = 0; i <= 100; i++) {
      write("d/" + i, "");
    }
    assertRefused("d", "output 'd' has more than 100 entries");
  }

  @Test
  void olderCommandsSayWhatAnOutputMustBe() throws Exception {
    write("f", "1");
    Files.createDirectory(root.resolve("d"));

    assertThatThrownBy(() -> collect(command().addOutputFiles("d")))
        .isInstanceOf(OutputException.class)
        .hasMessage("output file 'd' is a directory");
    assertThatThrownBy(() -> collect(command().addOutputDirectories("f")))
        .isInstanceOf(OutputException.class)
        .hasMessage("output directory 'f' is a file");
  }

  @Test
  void outputPathsThatLeaveTheRootAreRefused() {
    assertThatThrownBy(() -> collect(command().addOutputPaths("../../x")))
        .hasMessageContaining("INVALID_ARGUMENT: output path '../../x' leaves the input root");
  }

  @Test
  void filesAreInlinedOnRequest_asLongAsThereIsRoom() throws Exception {
    write("a", "12345");
    write("b", "123456");
    write("c", "1");

    ActionResult result =
        collect(
            command().addOutputPaths("a").addOutputPaths("b").addOutputPaths("c"),
            Set.of("a", "b"));

    assertThat(result.getOutputFilesList().stream().map(f -> f.getContents().toStringUtf8()))
        .containsExactly("12345", "", "");
    assertThat(store.get(digest("12345"))).isNotNull();
  }

  private static Command.Builder command() {
    return Command.newBuilder();
  }

  private ActionResult collect(Command.Builder command) throws IOException, OutputException {
    return collect(command, Set.of());
  }

  private ActionResult collect(Command.Builder command, Set<String> inlined)
      throws IOException, OutputException {
    OutputUploads uploads = new OutputUploads(store, SCOPE);
    ActionResult.Builder result = ActionResult.newBuilder();
    try (OutputCollector collector = new OutputCollector(root, uploads, LIMITS)) {
      collector.collect(
          OutputPath.of(command.build(), command.getWorkingDirectory()),
          command.getOutputDirectoryFormat(),
          inlined,
          result);
    }
    uploads.finish();
    return result.build();
  }

  private void assertRefused(String output, String message) {
    assertThatThrownBy(() -> collect(command().addOutputPaths(output)))
        .isInstanceOf(OutputException.class)
        .hasMessage(message);
  }

  private void assertCanaryIsNotStored() {
    assertThat(store.all()).doesNotContain(ByteString.copyFromUtf8("secret"));
  }

  private static void assertParentsFirst(Tree tree) {
    var seen = new java.util.HashSet<build.bazel.remote.execution.v2.Digest>();
    tree.getRoot().getDirectoriesList().forEach(child -> seen.add(child.getDigest()));
    for (Directory directory : tree.getChildrenList()) {
      assertThat(seen).contains(SCOPE.function().digestOf(directory.toByteString()).toProto());
      directory.getDirectoriesList().forEach(child -> seen.add(child.getDigest()));
    }
  }

  private void write(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, content);
  }

  private static OutputFile file(String path, String content, boolean isExecutable) {
    return OutputFile.newBuilder()
        .setPath(path)
        .setDigest(digest(content).toProto())
        .setIsExecutable(isExecutable)
        .build();
  }

  private static OutputSymlink symlink(String path, String target) {
    return OutputSymlink.newBuilder().setPath(path).setTarget(target).build();
  }

  private static Digest digest(String content) {
    return SCOPE.function().digestOf(ByteString.copyFromUtf8(content));
  }

  private static Digest digest(build.bazel.remote.execution.v2.Digest proto) {
    return new Digest(proto.getHash(), proto.getSizeBytes());
  }
}
