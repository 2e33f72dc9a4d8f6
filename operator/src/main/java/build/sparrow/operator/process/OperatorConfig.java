package build.sparrow.operator.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the operator is told when it starts, by environment variables that the chart sets.
 *
 * @param watchNamespaces where farms are looked for; empty for all namespaces
 * @param watchNodes whether nodes may be read, to see that one goes away
 * @param leaderElection whether another operator may run beside this one
 * @param image of the operator, which frontends, shards and executors get too
 * @param podName of this process, its identity in the election
 * @param podNamespace where the lease is
 * @param metricsPort for metrics and probes
 */
public record OperatorConfig(
    Set<String> watchNamespaces,
    boolean watchNodes,
    boolean leaderElection,
    String image,
    String podName,
    String podNamespace,
    int metricsPort) {
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final int MAX_PORT = 65_535;

  public OperatorConfig {
    watchNamespaces = Set.copyOf(watchNamespaces);
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException with all mistakes, a line each
   */
  public static OperatorConfig of(Map<String, String> environment) {
    Reader reader = new Reader(environment);
    boolean leaderElection = reader.flag("LEADER_ELECTION", false);
    OperatorConfig config =
        new OperatorConfig(
            reader.namespaces("WATCH_NAMESPACES"),
            reader.flag("WATCH_NODES", true),
            leaderElection,
            reader.required("SPARROW_IMAGE", "the image that farms run"),
            leaderElection ? reader.required("POD_NAME", "what the election calls us") : "",
            leaderElection ? reader.required("POD_NAMESPACE", "where the lease is kept") : "",
            reader.port("METRICS_PORT", 9090));
    if (!reader.mistakes.isEmpty()) {
      throw new IllegalArgumentException(
          "The operator's environment has mistakes:\n  " + String.join("\n  ", reader.mistakes));
    }
    return config;
  }

  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> mistakes = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    private String value(String key) {
      return environment.getOrDefault(key, "").strip();
    }

    String required(String key, String meaning) {
      String value = value(key);
      if (value.isEmpty()) {
        mistakes.add("%s is not set; give %s".formatted(key, meaning));
      }
      return value;
    }

    boolean flag(String key, boolean otherwise) {
      String value = value(key);
      return switch (value) {
        case "" -> otherwise;
        case "true" -> true;
        case "false" -> false;
        default -> {
          mistakes.add("%s is \"%s\"; give true or false".formatted(key, value));
          yield otherwise;
        }
      };
    }

    int port(String key, int otherwise) {
      String value = value(key);
      if (value.isEmpty()) {
        return otherwise;
      }
      try {
        int port = Integer.parseInt(value);
        if (port >= 0 && port <= MAX_PORT) {
          return port;
        }
      } catch (NumberFormatException e) {
        // Said below.
      }
      mistakes.add("%s is \"%s\"; give a port from 0 to %d".formatted(key, value, MAX_PORT));
      return otherwise;
    }

    Set<String> namespaces(String key) {
      Set<String> names =
          Arrays.stream(value(key).split(",", -1))
              .map(String::strip)
              .filter(name -> !name.isEmpty())
              .collect(Collectors.toSet());
      for (String name : names) {
        if (!NAMESPACE.matcher(name).matches()) {
          mistakes.add(
              "%s has \"%s\"; give names of namespaces, with commas between them, or nothing for all"
                  .formatted(key, name));
        }
      }
      return names;
    }
  }
}
