package build.sparrow.e2e.cluster;

import build.sparrow.e2e.farm.Eventually;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;

/**
 * Takes nodes of the cluster away and brings them back, by commands that whoever runs the tests
 * gives in the environment; only they know how their nodes are switched off.
 */
final class NodeFaults {
  private static final String KILL = "SPARROW_NODE_KILL";
  private static final String TERM = "SPARROW_NODE_TERM";
  private static final String START = "SPARROW_NODE_START";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final TestNamespace namespace;
  private final Set<String> down = new TreeSet<>();

  NodeFaults(TestNamespace namespace) {
    this.namespace = namespace;
  }

  /** Skips the test, and says so, where nodes cannot be taken away. */
  void assumePossible() {
    for (String variable : List.of(KILL, TERM, START)) {
      Assumptions.assumeTrue(
          System.getenv(variable) != null,
          variable + " is not set: the command to which the name of a node is appended");
    }
  }

  /** Switches a node off as a power cut does. */
  void kill(String node) {
    down.add(node);
    run(KILL, node);
  }

  /** Takes a node away as a cloud does; returns at once. */
  Thread terminate(String node, Duration notice) {
    down.add(node);
    return Thread.ofVirtual().start(() -> run(TERM, node, Long.toString(notice.toSeconds())));
  }

  /** Switches a node on again and waits until it is ready. */
  void start(String node) {
    run(START, node);
    Eventually.get(
        "node " + node + " is ready",
        LIMIT,
        Duration.ofSeconds(1),
        () ->
            namespace.cluster().nodes().stream()
                .filter(there -> there.getMetadata().getName().equals(node))
                .filter(Cluster::isReady)
                .filter(NodeFaults::takesPods)
                .findFirst());
    down.remove(node);
  }

  /** Switches on all that are off. */
  void startAll() {
    List.copyOf(down).forEach(this::start);
  }

  private static boolean takesPods(Node node) {
    return node.getSpec().getTaints().isEmpty()
        && !Optional.ofNullable(node.getSpec().getUnschedulable()).orElse(false);
  }

  private static void run(String variable, String... arguments) {
    String prefix = Optional.ofNullable(System.getenv(variable)).orElseThrow();
    List<String> line = new ArrayList<>(List.of(prefix.split(" ", -1)));
    line.addAll(List.of(arguments));
    Commands.run(LIMIT, line).succeeded(line);
  }
}
