package build.sparrow.e2e.farm;

/**
 * What a farm under test consists of.
 *
 * @param executors executors of its one pool
 * @param slots actions that one executor runs at a time
 * @param sandbox what keeps the actions apart
 * @param shards of the storage; a farm in one process has one, whatever is said here
 */
public record FarmLayout(int executors, int slots, Sandbox sandbox, int shards) {
  static final String POOL = "linux";

  /** What an action sees of this machine. */
  public enum Sandbox {
    /** Bubblewrap with the directories of the toolchain root, which has a compiler. */
    TOOLCHAIN_ROOT,
    /** Bubblewrap with this machine's own directories. */
    HOST_ROOT,
    /** Everything. */
    NONE;

    private String yaml() {
      return switch (this) {
        case TOOLCHAIN_ROOT -> bubblewrap(Prerequisites.toolchainRoot());
        case HOST_ROOT -> bubblewrap("/");
        case NONE -> "{type: None}";
      };
    }

    private static String bubblewrap(String root) {
      return "{type: Bubblewrap, rootDirectory: \"" + root + "\"}";
    }
  }

  /** Two executors of two slots each, and one shard. */
  public static FarmLayout with(Sandbox sandbox) {
    return new FarmLayout(2, 2, sandbox, 1);
  }

  /** The same with storage on so many shards. */
  public FarmLayout onShards(int count) {
    return new FarmLayout(executors, slots, sandbox, count);
  }

  /** How many actions run at a time. */
  public int totalSlots() {
    return executors * slots;
  }

  /** The farm as its users write it. */
  String yaml() {
    return """
    apiVersion: sparrow.build/v1alpha1
    kind: BuildFarm
    metadata: {name: e2e}
    spec:
      storage: {shards: %d, volume: {size: 8Gi}}
      executorPools:
      - name: %s
        replicas: %d
        platform: [{name: OSFamily, value: linux}]
        slots: %d
        sandbox: %s
        inputCache: {sizeLimit: 1Gi}
        disruption: {drainTimeoutSeconds: 30}
    """
        .formatted(shards, POOL, executors, slots, sandbox.yaml());
  }
}
