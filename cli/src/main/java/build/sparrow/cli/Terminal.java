package build.sparrow.cli;

import build.sparrow.service.ServiceGroup;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Where a command talks: results, which programs may read, to standard output; how it goes, for
 * people, to standard error.
 */
record Terminal(PrintWriter out, PrintWriter err) implements ServiceGroup.Progress {
  void result(String line) {
    out.println(line);
    out.flush();
  }

  void progress(String line) {
    err.println(line);
    err.flush();
  }

  @Override
  public void stopping(String service) {
    progress("Stopping " + service);
  }

  @Override
  public void stopped(String service, @Nullable Exception failure) {
    if (failure != null) {
      progress("Stopping " + service + " failed: " + failure.getMessage());
    }
  }
}
