package build.sparrow.crds;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of one pool that bind its fields to each other; the CRD has the same. */
final class PoolRules {
  private static final Pattern PERCENT = Pattern.compile("([1-9][0-9]?|100)%");

  private final String path;
  private final ProblemList problems;

  PoolRules(String path, ProblemList problems) {
    this.path = path;
    this.problems = problems;
  }

  void check(PoolSpec pool) {
    checkSandbox(pool.sandbox());
    checkImage(pool);
    checkDisk(pool);
    problems.checkResources(path + ".resources", pool.resources());
    checkScheduling(pool.scheduling());
    checkAutoscaling(pool.autoscaling());
    checkMaxUnavailable(pool.disruption().maxUnavailable());
  }

  private void checkSandbox(SandboxSpec sandbox) {
    @Nullable String root = sandbox.rootDirectory();
    if (root != null && sandbox.type() != SandboxSpec.Type.BUBBLEWRAP) {
      add(
          "sandbox.rootDirectory",
          root,
          "only type Bubblewrap has one; leave it out or change the type");
    }
    if (root != null && !root.startsWith("/")) {
      add("sandbox.rootDirectory", root, "not an absolute path; begin it with /");
    }
    SandboxSpec.SeccompProfile profile = sandbox.seccompProfile();
    if (profile != null) {
      boolean local = profile.type() == SandboxSpec.SeccompType.LOCALHOST;
      if (local != (profile.localhostProfile() != null)) {
        add(
            "sandbox.seccompProfile.localhostProfile",
            profile.localhostProfile(),
            "give it with type Localhost, and only with it");
      }
    }
  }

  private void checkImage(PoolSpec pool) {
    PoolSpec.Image image = pool.image();
    if (image == null) {
      return;
    }
    problems.checkVersion(path + ".image", image.tag(), image.digest());
    if (pool.sandbox().type() != SandboxSpec.Type.BUBBLEWRAP) {
      add(
          "image",
          image.reference(),
          "actions see it only in a sandbox; leave it out or set sandbox.type to Bubblewrap");
    }
    if (pool.sandbox().rootDirectory() != null) {
      add("image", image.reference(), "give this or sandbox.rootDirectory, not both");
    }
  }

  private void checkDisk(PoolSpec pool) {
    Quantity cache = pool.inputCache().sizeLimit();
    boolean sound = problems.checkSize(path + ".inputCache.sizeLimit", cache, "64Mi", "8Pi");
    Quantity disk = pool.workDir().sizeLimit();
    if (disk == null || !problems.checkSize(path + ".workDir.sizeLimit", disk, "64Mi", "8Pi")) {
      return;
    }
    if (sound && disk.getNumericalAmount().compareTo(cache.getNumericalAmount()) <= 0) {
      add(
          "workDir.sizeLimit",
          disk.toString(),
          "not above inputCache.sizeLimit, %s, which is a part of it; raise this or lower that"
              .formatted(cache));
    }
  }

  private void checkScheduling(SchedulingSpec scheduling) {
    if (scheduling.onDemandFallback() != null
        && scheduling.capacityType() != SchedulingSpec.CapacityType.SPOT) {
      add(
          "scheduling.onDemandFallback",
          null,
          "only capacityType Spot has one; leave it out or change the type");
    }
    List<SchedulingSpec.Toleration> tolerations = scheduling.tolerations();
    for (int i = 0; i < tolerations.size(); i++) {
      checkToleration("scheduling.tolerations[" + i + "]", tolerations.get(i));
    }
  }

  private void checkToleration(String at, SchedulingSpec.Toleration toleration) {
    boolean exists = toleration.operator() == SchedulingSpec.TolerationOperator.EXISTS;
    if (toleration.key() == null && !exists) {
      add(at + ".key", null, "missing; give it, or set operator to Exists for every taint");
    }
    if (toleration.value() != null && exists) {
      add(at + ".value", toleration.value(), "only operator Equal has one; leave it out");
    }
    if (toleration.tolerationSeconds() != null
        && toleration.effect() != SchedulingSpec.TaintEffect.NO_EXECUTE) {
      add(
          at + ".tolerationSeconds",
          toleration.tolerationSeconds().toString(),
          "only effect NoExecute has one; leave it out or change the effect");
    }
  }

  private void checkAutoscaling(AutoscalingSpec autoscaling) {
    int most = autoscaling.maxReplicas();
    checkAtMost("autoscaling.minReplicas", autoscaling.minReplicas(), most);
    boolean internal = autoscaling.mode() == AutoscalingSpec.Mode.INTERNAL;
    Integer idle = autoscaling.idleReplicas();
    if (idle != null) {
      checkAtMost("autoscaling.idleReplicas", idle, most);
      if (!internal) {
        add(
            "autoscaling.idleReplicas",
            idle.toString(),
            "only mode Internal keeps spare executors; leave it out or change the mode");
      }
    }
    List<AutoscalingSpec.Schedule> schedules = autoscaling.schedules();
    if (!schedules.isEmpty() && !internal) {
      add(
          "autoscaling.schedules",
          null,
          "only mode Internal keeps them; leave them out or change the mode");
    }
    for (int i = 0; i < schedules.size(); i++) {
      String at = "autoscaling.schedules[" + i + "]";
      checkAtMost(at + ".minReplicas", schedules.get(i).minReplicas(), most);
      checkCron(at + ".cron", schedules.get(i).cron());
      checkZone(at + ".timeZone", schedules.get(i).timeZone());
    }
  }

  private void checkAtMost(String at, int replicas, int most) {
    if (replicas > most) {
      add(
          at,
          Integer.toString(replicas),
          "above autoscaling.maxReplicas, %d; lower this or raise that".formatted(most));
    }
  }

  private void checkCron(String at, String cron) {
    if (!cron.matches(Forms.CRON)) {
      return; // The bounds of the schema say so.
    }
    try {
      CronTime.parse(cron);
    } catch (IllegalArgumentException e) {
      add(at, cron, Objects.requireNonNull(e.getMessage()));
    }
  }

  private void checkZone(String at, String zone) {
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      add(at, zone, "not a time zone; give a name as Europe/Zurich or UTC");
    }
  }

  private void checkMaxUnavailable(IntOrString most) {
    Integer number = most.getIntVal();
    boolean sound =
        number == null
            ? most.getStrVal() != null && PERCENT.matcher(most.getStrVal()).matches()
            : number >= 1;
    if (!sound) {
      add(
          "disruption.maxUnavailable",
          number == null ? most.getStrVal() : number.toString(),
          "not a number from 1 nor 1% to 100%; with none a node could never be drained");
    }
  }

  private void add(String field, @Nullable String value, String reason) {
    problems.add(path + "." + field, value, reason);
  }

  /** More is requested than the limit gives. */
  static boolean exceeds(Map<String, Quantity> limits, String resource, Quantity request) {
    Quantity limit = limits.get(resource);
    return limit != null && request.getNumericalAmount().compareTo(limit.getNumericalAmount()) > 0;
  }
}
