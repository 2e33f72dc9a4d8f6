package build.sparrow.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** How an answer is shown. */
final class OutputOptions {
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "text",
      scope = CommandLine.ScopeType.INHERIT,
      description =
          "text for people, or json: the message of sparrow.farm.v1, one for each frontend that is"
              + " asked. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.TEXT;

  /** What the option may say, in letters of either case. */
  enum Format {
    TEXT,
    JSON
  }

  /** The answer, for who asked. */
  <M extends Message> String show(M answer, Function<M, String> text) {
    return switch (format) {
      case TEXT -> text.apply(answer);
      case JSON -> json(answer);
    };
  }

  private static String json(Message answer) {
    try {
      return JSON.print(answer);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("An answer holds an Any of unknown type", e);
    }
  }
}
