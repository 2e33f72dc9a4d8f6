import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks or applies google-java-format to every Java file of the tree: {@code check|apply ROOT}.
 */
final class Format extends SimpleFileVisitor<Path> {
  private final Formatter formatter = new Formatter();
  private final boolean apply;
  private final List<String> wrong = new ArrayList<>();

  private Format(boolean apply) {
    this.apply = apply;
  }

  public static void main(String[] args) throws IOException {
    if (args.length != 2 || !List.of("check", "apply").contains(args[0])) {
      System.err.println("usage: Format check|apply ROOT, got " + List.of(args));
      System.exit(2);
    }
    Path root = Path.of(args[1]);
    Format format = new Format(args[0].equals("apply"));
    Files.walkFileTree(root, format);
    if (!format.wrong.isEmpty()) {
      System.err.println(format.wrong.size() + " Java files are not formatted; run make format:");
      format.wrong.forEach(file -> System.err.println("  " + file));
      System.exit(1);
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    String name = String.valueOf(directory.getFileName());
    boolean foreign = name.equals("target") || name.equals(".git") || name.equals("node_modules");
    return foreign ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isRegularFile() && file.toString().endsWith(".java")) {
      format(file);
    }
    return FileVisitResult.CONTINUE;
  }

  private void format(Path file) throws IOException {
    String before = Files.readString(file);
    try {
      String after = formatter.formatSourceAndFixImports(before);
      if (after.equals(before)) {
        return;
      }
      if (apply) {
        Files.writeString(file, after);
        System.out.println("formatted " + file);
      } else {
        wrong.add(file.toString());
      }
    } catch (FormatterException e) {
      wrong.add(file + ": " + e.getMessage());
    }
  }
}
