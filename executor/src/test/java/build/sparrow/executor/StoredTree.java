package build.sparrow.executor;

import build.bazel.remote.execution.v2.Directory;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Utf8Order;
import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.TreeMap;

/** Builds an input tree in a store. */
public final class StoredTree {
  private sealed interface Node {}

  private record File(ByteString content, boolean isExecutable) implements Node {}

  private record Link(String target) implements Node {}

  private record Folder(Map<String, Node> children) implements Node {}

  private final InMemoryBlobStore store;
  private final Folder root = folder();

  public StoredTree(InMemoryBlobStore store) {
    this.store = store;
  }

  private static Folder folder() {
    return new Folder(new TreeMap<>(Utf8Order.INSTANCE));
  }

  public StoredTree file(String path, String content) {
    return put(path, new File(ByteString.copyFromUtf8(content), false));
  }

  public StoredTree program(String path, String content) {
    return put(path, new File(ByteString.copyFromUtf8(content), true));
  }

  public StoredTree link(String path, String target) {
    return put(path, new Link(target));
  }

  public StoredTree directory(String path) {
    return put(path, folder());
  }

  private StoredTree put(String path, Node node) {
    Folder folder = root;
    String[] names = path.split("/", -1);
    for (int i = 0; i < names.length - 1; i++) {
      Node child = folder.children().computeIfAbsent(names[i], _ -> folder());
      folder = (Folder) child;
    }
    folder.children().put(names[names.length - 1], node);
    return this;
  }

  /** Stores all files and directories and gives the root's digest. */
  public Digest store() {
    return store(root);
  }

  private Digest store(Folder folder) {
    Directory.Builder directory = Directory.newBuilder();
    folder
        .children()
        .forEach(
            (name, node) -> {
              switch (node) {
                case File(ByteString content, boolean isExecutable) ->
                    directory
                        .addFilesBuilder()
                        .setName(name)
                        .setDigest(store.put(content).toProto())
                        .setIsExecutable(isExecutable);
                case Link(String target) ->
                    directory.addSymlinksBuilder().setName(name).setTarget(target);
                case Folder child ->
                    directory
                        .addDirectoriesBuilder()
                        .setName(name)
                        .setDigest(store(child).toProto());
              }
            });
    return store.put(directory.build().toByteString());
  }
}
