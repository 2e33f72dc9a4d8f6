package build.sparrow.reapi.validation;

import build.sparrow.reapi.ReapiStatus;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What names and relative paths may look like, and where a path leads without asking a disk. */
public final class PathRules {
  /** Longest file name, in bytes of UTF-8: what Linux file systems take. */
  public static final int MAX_NAME_BYTES = 255;

  /** Longest path or symlink target, in bytes of UTF-8: PATH_MAX without its closing NUL. */
  public static final int MAX_PATH_BYTES = 4095;

  private static final int MALFORMED = -1;

  private PathRules() {}

  /**
   * Checks the name of one directory entry.
   *
   * @param what where it stands, such as {@code "entry 3 name"}, for the message
   * @throws StatusRuntimeException INVALID_ARGUMENT
   */
  public static void checkFileName(String name, String what) {
    String problem = fileNameProblem(name);
    if (problem != null) {
      throw ReapiStatus.invalidArgument(
          what + " " + shown(name) + " is not a valid file name: " + problem);
    }
  }

  /** What is wrong with the name of a directory entry; null if nothing is. */
  static @Nullable String fileNameProblem(String name) {
    if (name.isEmpty()) {
      return "it is empty";
    }
    if (name.equals(".") || name.equals("..")) {
      return "it stands for a directory that is there already";
    }
    if (name.indexOf('/') >= 0) {
      return "it has a slash";
    }
    return lengthProblem(name, MAX_NAME_BYTES);
  }

  /**
   * Checks {@code Command.working_directory}.
   *
   * @return the directory from the input root, without "." and ".."; empty is the root itself
   * @throws StatusRuntimeException INVALID_ARGUMENT
   */
  public static String workingDirectory(String path) {
    return path.isEmpty() ? "" : resolve("", path, "working directory", "the input root");
  }

  /**
   * Checks an output path of a command.
   *
   * @param workingDirectory as {@link #workingDirectory} gave it
   * @return where it is from the input root, without "." and ".."; empty is the root itself
   * @throws StatusRuntimeException INVALID_ARGUMENT
   */
  public static String outputPath(String workingDirectory, String path) {
    return resolve(workingDirectory, path, "output path", "the input root");
  }

  /**
   * As {@link #outputPath}, for {@code Command.output_directories}, where an empty path stands for
   * the working directory.
   */
  public static String outputDirectory(String workingDirectory, String path) {
    return path.isEmpty()
        ? workingDirectory
        : resolve(workingDirectory, path, "output directory", "the input root");
  }

  /**
   * Checks a relative path and gives it from {@code root}, normalised, with {@code base} before.
   */
  static String resolve(String base, String path, String what, String root) {
    String problem = pathProblem(path);
    if (problem != null) {
      throw ReapiStatus.invalidArgument(what + " " + shown(path) + " is not valid: " + problem);
    }
    String normalised = normalise(base, path);
    if (normalised == null) {
      throw ReapiStatus.invalidArgument(what + " " + shown(path) + " leaves " + root);
    }
    String tooLong = lengthProblem(normalised, MAX_PATH_BYTES);
    if (tooLong != null) {
      throw ReapiStatus.invalidArgument(what + " " + shown(path) + " is not valid: " + tooLong);
    }
    return normalised;
  }

  private static @Nullable String pathProblem(String path) {
    if (path.isEmpty()) {
      return "it is empty";
    }
    if (path.startsWith("/")) {
      return "it is absolute";
    }
    if (path.endsWith("/")) {
      return "it ends with a slash";
    }
    String length = lengthProblem(path, MAX_PATH_BYTES);
    if (length != null) {
      return length;
    }
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty()) {
        return "it has an empty segment";
      }
      String segmentLength = lengthProblem(segment, MAX_NAME_BYTES);
      if (segmentLength != null) {
        return "in its segment " + shown(segment) + ", " + segmentLength;
      }
    }
    return null;
  }

  /** What is wrong with a symlink's target by itself; null if nothing is. */
  static @Nullable String targetProblem(String target) {
    return target.isEmpty() ? "it is empty" : lengthProblem(target, MAX_PATH_BYTES);
  }

  /** Joins two relative paths and resolves "." and ".."; null if the way leads above the root. */
  static @Nullable String normalise(String base, String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : (base + "/" + path).split("/", -1)) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> {
          if (segments.pollLast() == null) {
            return null;
          }
        }
        default -> segments.addLast(segment);
      }
    }
    return String.join("/", segments);
  }

  private static @Nullable String lengthProblem(String text, int maxBytes) {
    if (text.indexOf('\0') >= 0) {
      return "it has a NUL character";
    }
    int bytes = utf8Bytes(text);
    if (bytes == MALFORMED) {
      return "it is not valid Unicode";
    }
    if (bytes > maxBytes) {
      return "it has " + bytes + " bytes, at most " + maxBytes + " are allowed";
    }
    return null;
  }

  private static int utf8Bytes(String text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return MALFORMED;
      }
    }
    return bytes;
  }

  /** A path in single quotes, escaped and cut for a message. */
  static String shown(String path) {
    String quoted = ReapiStatus.quote(path);
    return "'" + quoted.substring(1, quoted.length() - 1) + "'";
  }
}
