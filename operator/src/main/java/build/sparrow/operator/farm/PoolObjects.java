package build.sparrow.operator.farm;

import build.sparrow.crds.AutoscalingSpec;
import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.BuildFarmSpec;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.crds.ExecutorPoolSpec;
import build.sparrow.crds.ImageSpec;
import build.sparrow.crds.PoolSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pools of executors; their pods are made by them. */
final class PoolObjects {
  private final FarmNames names;
  private final BuildFarmSpec spec;

  PoolObjects(FarmNames names, BuildFarmSpec spec) {
    this.names = names;
    this.spec = spec;
  }

  List<HasMetadata> objects(String image) {
    List<HasMetadata> objects = new ArrayList<>();
    for (PoolSpec pool : spec.executorPools()) {
      objects.add(pool(pool, image));
      objects.add(budget(pool));
    }
    return objects;
  }

  private ExecutorPool pool(PoolSpec pool, String image) {
    ExecutorPool object = new ExecutorPool();
    object.setApiVersion(BuildFarm.GROUP + "/" + BuildFarm.VERSION);
    object.setKind(ExecutorPool.KIND);
    object.setMetadata(names.metadata(names.pool(pool.name()), pool));
    object.setSpec(
        new ExecutorPoolSpec(
            new ExecutorPoolSpec.FarmRef(names.farm()), replicas(pool), pool, imageOf(image)));
    return object;
  }

  /** Where somebody else scales the pool, the field is left to them. */
  private static @Nullable Integer replicas(PoolSpec pool) {
    return pool.autoscaling().mode() == AutoscalingSpec.Mode.DISABLED ? pool.replicas() : null;
  }

  /** The pool's pods run the farm's image; if the spec names none, the operator's. */
  private ImageSpec imageOf(String image) {
    if (spec.image().reference() != null) {
      return spec.image();
    }
    int at = image.indexOf('@');
    String tagged = at < 0 ? image : image.substring(0, at);
    int colon = tagged.lastIndexOf(':');
    boolean hasTag = colon > tagged.lastIndexOf('/'); // Else it is a registry's port.
    return new ImageSpec(
        hasTag ? tagged.substring(0, colon) : tagged,
        hasTag ? tagged.substring(colon + 1) : null,
        at < 0 ? null : image.substring(at + 1),
        spec.image().pullPolicy(),
        spec.image().pullSecrets());
  }

  /** Percent works because the pods' controller has a scale. */
  private PodDisruptionBudget budget(PoolSpec pool) {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(names.metadata(names.poolBudget(pool.name()), pool))
        .withNewSpec()
        .withMaxUnavailable(pool.disruption().maxUnavailable())
        .withNewSelector()
        .withMatchLabels(Labels.selector(names.farm(), FarmNames.EXECUTOR, pool.name()))
        .endSelector()
        .endSpec()
        .build();
  }
}
