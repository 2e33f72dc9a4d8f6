package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Directory;
import build.bazel.remote.execution.v2.DirectoryNode;
import build.bazel.remote.execution.v2.FileNode;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.Utf8Order;
import com.google.common.base.Utf8;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names in a directory that was found canonical, as compact as they can be kept.
 *
 * @param files sorted
 * @param directories sorted
 * @param children digests of {@code directories}, in the same order
 * @param symlinks how many there are
 * @param longestBytes length of the longest name of a file or symlink, in bytes of UTF-8
 */
record DirectoryNames(
    List<String> files,
    List<String> directories,
    List<Digest> children,
    int symlinks,
    int longestBytes) {
  /** Bytes that a name or a digest takes in memory beside its characters, about. */
  private static final int OBJECT_BYTES = 64;

  /** Bytes that a directory takes in a cache beside its names, about. */
  private static final int ENTRY_BYTES = 512;

  static DirectoryNames of(Directory directory) {
    List<String> files = directory.getFilesList().stream().map(FileNode::getName).toList();
    int longest = 0;
    for (String name : files) {
      longest = Math.max(longest, Utf8.encodedLength(name));
    }
    for (var symlink : directory.getSymlinksList()) {
      longest = Math.max(longest, Utf8.encodedLength(symlink.getName()));
    }
    return new DirectoryNames(
        files,
        directory.getDirectoriesList().stream().map(DirectoryNode::getName).toList(),
        directory.getDirectoriesList().stream().map(DirectoryNames::digestOf).toList(),
        directory.getSymlinksCount(),
        longest);
  }

  private static Digest digestOf(DirectoryNode child) {
    return new Digest(child.getDigest().getHash(), child.getDigest().getSizeBytes());
  }

  /** Files, directories and symlinks that stand in the directory itself. */
  int count() {
    return files.size() + directories.size() + symlinks;
  }

  boolean hasFile(String name) {
    return Collections.binarySearch(files, name, Utf8Order.INSTANCE) >= 0;
  }

  /** The directory of that name; null if there is none. */
  @Nullable Digest child(String name) {
    int index = Collections.binarySearch(directories, name, Utf8Order.INSTANCE);
    return index < 0 ? null : children.get(index);
  }

  /** What it takes in memory, about. */
  int weightBytes() {
    long bytes = ENTRY_BYTES;
    for (String name : files) {
      bytes += OBJECT_BYTES + name.length();
    }
    for (int i = 0; i < directories.size(); i++) {
      bytes += 2 * OBJECT_BYTES + directories.get(i).length() + children.get(i).hash().length();
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }
}
