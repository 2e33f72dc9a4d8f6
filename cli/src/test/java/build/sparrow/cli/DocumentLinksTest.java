package build.sparrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the repository's pages link to exists. */
final class DocumentLinksTest {
  /** Tests run in the directory of their module. */
  private static final Path REPOSITORY =
      Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

  /** The target of {@code [text](target)}, without an anchor; code blocks have no such thing. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");

  private static final Pattern WITH_SCHEME = Pattern.compile("[a-z]+:.*");
  private static final Set<String> NOT_OURS = Set.of(".git", "target", "node_modules");

  @Test
  void everyRelativeLinkLeadsToAFile() throws IOException {
    List<Path> pages = pages(REPOSITORY);

    assertThat(pages).contains(REPOSITORY.resolve("README.md"));
    assertThat(broken(pages)).isEmpty();
  }

  @Test
  void aLinkToNothingIsNamedWithItsPage(@TempDir Path directory) throws IOException {
    Path page = directory.resolve("page.md");
    Files.writeString(
        page, "[here](page.md#part) [there](https://example.org/x) [gone](missing/page.md)");

    assertThat(broken(pages(directory))).containsExactly(page + " links to missing/page.md");
  }

  private static List<Path> pages(Path root) throws IOException {
    List<Path> pages = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  private static List<String> broken(List<Path> pages) throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      Matcher links = LINK.matcher(Files.readString(page));
      while (links.find()) {
        String target = Objects.requireNonNull(links.group(1));
        Path folder = Objects.requireNonNull(page.getParent());
        if (!WITH_SCHEME.matcher(target).matches() && !Files.exists(folder.resolve(target))) {
          broken.add(page + " links to " + target);
        }
      }
    }
    return broken;
  }
}
