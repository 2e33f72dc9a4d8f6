package build.sparrow.operator.pool;

import build.sparrow.crds.ExecutorPool;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Pools as the API server hands them out. */
final class TestPools {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private TestPools() {}

  /**
   * The pool linux of the farm main.
   *
   * @param fields those of its entry that are not as by default, one a line
   */
  static ExecutorPool pool(String fields) {
    return pool("image: {repository: registry.example.com/sparrow, tag: \"1\"}", fields);
  }

  /** With some number of executors. */
  static ExecutorPool pool(int replicas, String fields) {
    return pool(
        "image: {repository: registry.example.com/sparrow, tag: \"1\"}\n  replicas: " + replicas,
        fields);
  }

  static ExecutorPool poolWithoutImage() {
    return pool("image: {}", "");
  }

  private static ExecutorPool pool(String ofSpec, String fields) {
    String yaml =
        """
        apiVersion: sparrow.build/v1alpha1
        kind: ExecutorPool
        metadata: {name: main-linux, namespace: builds, uid: uid-of-main-linux, generation: 1}
        spec:
          farmRef: {name: main}
          %s
          pool:
            name: linux
            %s
        """
            .formatted(ofSpec, fields.replace("\n", "\n    "));
    return SERIALIZATION.unmarshal(yaml, ExecutorPool.class);
  }
}
