package build.sparrow.operator.farm;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who may talk to whom: clients to frontends; frontends, executors and shards to the storage;
 * executors to nobody else, so that an action that breaks out of its sandbox finds nothing; anybody
 * to metrics.
 */
final class NetworkObjects {
  private static final NetworkPolicyPort GRPC = port("TCP", FarmNames.GRPC_PORT);
  private static final NetworkPolicyPort METRICS = port("TCP", FarmNames.METRICS_PORT);

  /** A cluster's DNS; some listen on 5353 behind their Service. */
  private static final List<NetworkPolicyPort> DNS =
      Stream.of(53, 5353).flatMap(p -> Stream.of(port("UDP", p), port("TCP", p))).toList();

  private final FarmNames names;

  NetworkObjects(FarmNames names) {
    this.names = names;
  }

  List<HasMetadata> objects() {
    return List.of(
        policy(names.frontend(), FarmNames.FRONTEND, List.of(anybody(GRPC, METRICS)), List.of()),
        policy(
            names.shard(),
            FarmNames.SHARD,
            List.of(
                new NetworkPolicyIngressRuleBuilder()
                    .withPorts(GRPC)
                    .withFrom(
                        peer(FarmNames.FRONTEND), peer(FarmNames.EXECUTOR), peer(FarmNames.SHARD))
                    .build(),
                anybody(METRICS)),
            List.of()),
        policy(
            names.executor(),
            FarmNames.EXECUTOR,
            List.of(anybody(METRICS)),
            List.of(
                new NetworkPolicyEgressRuleBuilder()
                    .withPorts(GRPC)
                    .withTo(peer(FarmNames.FRONTEND), peer(FarmNames.SHARD))
                    .build(),
                new NetworkPolicyEgressRuleBuilder().withPorts(DNS).build())));
  }

  private NetworkPolicy policy(
      String name,
      String component,
      List<NetworkPolicyIngressRule> ingress,
      List<NetworkPolicyEgressRule> egress) {
    NetworkPolicy policy =
        new NetworkPolicyBuilder()
            .withMetadata(names.metadata(name, component))
            .withNewSpec()
            .withNewPodSelector()
            .withMatchLabels(Labels.selector(names.farm(), component, null))
            .endPodSelector()
            .withPolicyTypes("Ingress")
            .withIngress(ingress)
            .endSpec()
            .build();
    if (!egress.isEmpty()) {
      policy.getSpec().setPolicyTypes(List.of("Ingress", "Egress"));
      policy.getSpec().setEgress(egress);
    }
    return policy;
  }

  private static NetworkPolicyIngressRule anybody(NetworkPolicyPort... ports) {
    return new NetworkPolicyIngressRuleBuilder().withPorts(ports).build();
  }

  private NetworkPolicyPeer peer(String component) {
    return new NetworkPolicyPeerBuilder()
        .withNewPodSelector()
        .withMatchLabels(Labels.selector(names.farm(), component, null))
        .endPodSelector()
        .build();
  }

  private static NetworkPolicyPort port(String protocol, int port) {
    return new NetworkPolicyPortBuilder()
        .withProtocol(protocol)
        .withPort(new IntOrString(port))
        .build();
  }
}
