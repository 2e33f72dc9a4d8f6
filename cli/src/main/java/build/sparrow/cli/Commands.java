package build.sparrow.cli;

import static java.util.Objects.requireNonNull;

import build.sparrow.service.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** What the commands share of picocli. */
final class Commands {
  private Commands() {}

  /** Where the command of the spec, which picocli has put there, talks. */
  static Terminal terminal(@Nullable CommandSpec spec) {
    CommandLine command = requireNonNull(spec, "picocli injects the spec").commandLine();
    return new Terminal(command.getOut(), command.getErr());
  }

  /** As {@code 1 frontend} or {@code 2 frontends}. */
  static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** Reads {@code host:port}. */
  static final class EndpointConverter implements ITypeConverter<Endpoint> {
    @Override
    public Endpoint convert(String text) {
      try {
        return Endpoint.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
