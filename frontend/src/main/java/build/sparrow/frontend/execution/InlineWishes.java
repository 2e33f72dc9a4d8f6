package build.sparrow.frontend.execution;

import build.bazel.remote.execution.v2.ExecuteRequest;
import java.util.Set;

/**
 * What a client wants to find in the result itself.
 *
 * @param outputFiles paths as the command names them
 */
record InlineWishes(boolean stdout, boolean stderr, Set<String> outputFiles) {
  static final InlineWishes NONE = new InlineWishes(false, false, Set.of());

  InlineWishes {
    outputFiles = Set.copyOf(outputFiles);
  }

  static InlineWishes of(ExecuteRequest request) {
    return new InlineWishes(
        request.getInlineStdout(),
        request.getInlineStderr(),
        Set.copyOf(request.getInlineOutputFilesList()));
  }
}
