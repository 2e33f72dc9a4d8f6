package build.sparrow.operator.process;

import java.util.Set;

/**
 * What the operator is told when it starts.
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
  public OperatorConfig {
    watchNamespaces = Set.copyOf(watchNamespaces);
  }
}
