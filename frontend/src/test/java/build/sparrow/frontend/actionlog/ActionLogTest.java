package build.sparrow.frontend.actionlog;

import static org.assertj.core.api.Assertions.assertThat;

import build.bazel.remote.execution.v2.ActionResult;
import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.bazel.remote.execution.v2.OutputDirectory;
import build.bazel.remote.execution.v2.OutputFile;
import build.bazel.remote.execution.v2.Tree;
import build.sparrow.frontend.admission.InMemoryBlobStore;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.scheduling.v1.ActionEnvelope;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ActionLogTest {
  private static final Directory EMPTY = Directory.getDefaultInstance();
  private static final Digest OBJECT =
      DigestFunction.SHA256.digestOf(ByteString.copyFromUtf8("object"));

  @TempDir Path folder;
  private final InMemoryBlobStore blobs = new InMemoryBlobStore();

  @Test
  void actionNamesThoseThatMadeItsInputs() throws Exception {
    ActionEnvelope compile = action("compile", EMPTY);
    Directory objects = directory(OBJECT);
    Directory root =
        Directory.newBuilder()
            .addDirectories(node("objects", objects))
            .addDirectories(node("more", objects))
            .build();
    ActionEnvelope link = action("link", root);

    List<JsonNode> lines = log(compile, made(OBJECT), link, ActionResult.getDefaultInstance());

    assertThat(lines.getFirst().get("needs")).isEmpty();
    assertThat(lines.getLast().get("needs").get(0).asText())
        .isEqualTo(lines.getFirst().get("action").asText());
    assertThat(lines.getLast().get("inputFiles").asLong()).isEqualTo(2);
    assertThat(lines.getLast().get("inputBytes").asLong()).isEqualTo(2 * OBJECT.sizeBytes());
  }

  @Test
  void filesOfOutputDirectoriesHaveAMaker() throws Exception {
    Digest tree = store(Tree.newBuilder().setRoot(directory(OBJECT)).build());
    ActionResult generated =
        ActionResult.newBuilder()
            .addOutputDirectories(OutputDirectory.newBuilder().setTreeDigest(tree.toProto()))
            .build();

    List<JsonNode> lines =
        log(
            action("generate", EMPTY),
            generated,
            action("compile", directory(OBJECT)),
            ActionResult.getDefaultInstance());

    assertThat(lines.getLast().get("needs")).hasSize(1);
  }

  @Test
  void emptyFilesConnectNobody() throws Exception {
    Digest empty = DigestFunction.SHA256.emptyDigest();

    List<JsonNode> lines =
        log(
            action("touch", EMPTY),
            made(empty),
            action("stamp", directory(empty)),
            ActionResult.getDefaultInstance());

    assertThat(lines.getLast().get("needs")).isEmpty();
  }

  @Test
  void lineHasWhereTheTimeWent() throws Exception {
    ActionResult.Builder result = made(OBJECT).toBuilder().setExitCode(3);
    result
        .getExecutionMetadataBuilder()
        .setQueuedTimestamp(Timestamps.fromMillis(1_000))
        .setWorkerStartTimestamp(Timestamps.fromMillis(1_010))
        .setInputFetchStartTimestamp(Timestamps.fromMillis(1_010))
        .setInputFetchCompletedTimestamp(Timestamps.fromMillis(1_030))
        .setExecutionStartTimestamp(Timestamps.fromMillis(1_040))
        .setExecutionCompletedTimestamp(Timestamps.fromMillis(1_340))
        .setOutputUploadStartTimestamp(Timestamps.fromMillis(1_340))
        .setOutputUploadCompletedTimestamp(Timestamps.fromMillis(1_345));

    JsonNode line =
        log(action("a", EMPTY), result.build(), action("b", EMPTY), made(OBJECT)).getFirst();

    assertThat(line.get("mnemonic").asText()).isEqualTo("a");
    assertThat(line.get("target").asText()).isEqualTo("//pkg:a");
    assertThat(line.get("exitCode").asInt()).isEqualTo(3);
    assertThat(line.get("queuedAtMicros").asLong()).isEqualTo(1_000_000);
    assertThat(line.get("waitMicros").asLong()).isEqualTo(10_000);
    assertThat(line.get("fetchMicros").asLong()).isEqualTo(20_000);
    assertThat(line.get("executeMicros").asLong()).isEqualTo(300_000);
    assertThat(line.get("uploadMicros").asLong()).isEqualTo(5_000);
    assertThat(line.get("outputBytes").asLong()).isEqualTo(OBJECT.sizeBytes());
  }

  @Test
  void fullLogEndsWithAWholeLine() throws Exception {
    Path file = folder.resolve("actions.jsonl");
    try (ActionLog log = ActionLog.open(file, blobs, 2_000)) {
      for (int each = 0; each < 20; each++) {
        log.add(action("a" + each, EMPTY), made(OBJECT));
      }
    }

    assertThat(Files.size(file)).isBetween(1_000L, 2_000L);
    assertThat(lines(file)).hasSizeBetween(3, 19);
  }

  private List<JsonNode> log(
      ActionEnvelope first, ActionResult ofFirst, ActionEnvelope second, ActionResult ofSecond)
      throws IOException {
    Path file = folder.resolve("actions.jsonl");
    try (ActionLog log = ActionLog.open(file, blobs)) {
      log.add(first, ofFirst);
      log.add(second, ofSecond);
    }
    List<JsonNode> lines = lines(file);
    assertThat(lines).hasSize(2);
    return lines;
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  private ActionEnvelope action(String mnemonic, Directory root) {
    ActionEnvelope.Builder envelope = ActionEnvelope.newBuilder();
    envelope.getActionBuilder().setInputRootDigest(store(root).toProto());
    envelope
        .getRequestMetadataBuilder()
        .setActionMnemonic(mnemonic)
        .setTargetId("//pkg:" + mnemonic);
    return envelope
        .setDigestFunction(DigestFunction.SHA256.toProto())
        .setActionDigest(
            DigestFunction.SHA256.digestOf(ByteString.copyFromUtf8(mnemonic)).toProto())
        .build();
  }

  private static ActionResult made(Digest file) {
    return ActionResult.newBuilder()
        .addOutputFiles(OutputFile.newBuilder().setPath("out").setDigest(file.toProto()))
        .build();
  }

  private static Directory directory(Digest file) {
    return Directory.newBuilder()
        .addFiles(FileNode.newBuilder().setName("file").setDigest(file.toProto()))
        .build();
  }

  private DirectoryNode node(String name, Directory directory) {
    return DirectoryNode.newBuilder().setName(name).setDigest(store(directory).toProto()).build();
  }

  private Digest store(Message message) {
    ByteString bytes = message.toByteString();
    Digest digest = DigestFunction.SHA256.digestOf(bytes);
    blobs.blobs.put(digest, bytes);
    return digest;
  }
}
