package build.sparrow.crds;

import build.sparrow.crds.PoolSpec.PlatformProperty;
import build.sparrow.crds.SchedulerSpec.Match;
import build.sparrow.crds.SchedulingSpec.CapacityType;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules that a farm must keep: the bounds of its schema and those that no schema can say. */
public final class FarmRules {
  private static final Pattern DNS_1035 = Pattern.compile(Forms.NAME);
  private static final BigDecimal MOST_AMOUNT = Quantity.parse("8Pi").getNumericalAmount();
  private static final int MAX_NAME_LENGTH = 20;
  private static final String API_VERSION = BuildFarm.GROUP + "/" + BuildFarm.VERSION;

  private final ProblemList problems = new ProblemList();

  private FarmRules() {}

  /** Everything that is wrong with the farm; empty if it can run. */
  public static List<FarmProblem> problemsOf(BuildFarm farm) {
    FarmRules rules = new FarmRules();
    rules.checkIdentity(farm);
    BuildFarmSpec spec = farm.getSpec();
    new SchemaBounds(rules.problems::add).check("spec", spec);
    rules.checkImage(spec.image());
    rules.checkLimits(spec.frontend().limits());
    rules.problems.checkResources("spec.frontend.resources", spec.frontend().resources());
    rules.problems.checkSize(
        "spec.storage.volume.size", spec.storage().volume().size(), "64Mi", "8Pi");
    rules.problems.checkResources("spec.storage.resources", spec.storage().resources());
    rules.checkReplicas(spec.storage());
    rules.checkRuleNames(spec.scheduler().platformProperties());
    rules.checkTenants(spec.scheduler().tenants());
    rules.checkPools(spec.executorPools(), spec.scheduler());
    return rules.problems.found();
  }

  private void checkIdentity(BuildFarm farm) {
    if (!farm.getApiVersion().equals(API_VERSION)) {
      add("apiVersion", farm.getApiVersion(), "not this kind's version; give " + API_VERSION);
    }
    if (!farm.getKind().equals(BuildFarm.KIND)) {
      add("kind", farm.getKind(), "not a farm; give " + BuildFarm.KIND);
    }
    @Nullable String name = farm.getMetadata().getName();
    if (name == null || name.isEmpty()) {
      add("metadata.name", null, "missing; give the farm a name, as main");
    } else if (name.length() > MAX_NAME_LENGTH || !DNS_1035.matcher(name).matches()) {
      add(
          "metadata.name",
          name,
          "not a farm's name; give at most "
              + MAX_NAME_LENGTH
              + " lower-case letters, digits and hyphens, a letter first and no hyphen last");
    }
  }

  private void checkImage(ImageSpec image) {
    if (image.repository() != null) {
      problems.checkVersion("spec.image", image.tag(), image.digest());
    } else if (image.tag() != null || image.digest() != null) {
      add("spec.image.repository", null, "missing; give it, or leave tag and digest out");
    }
  }

  private void checkLimits(FrontendSpec.Limits limits) {
    problems.checkSize("spec.frontend.limits.maxBatchBytes", limits.maxBatchBytes(), "64Ki", "4Mi");
    if (limits.defaultActionTimeoutSeconds() > limits.maxActionTimeoutSeconds()) {
      add(
          "spec.frontend.limits.defaultActionTimeoutSeconds",
          limits.defaultActionTimeoutSeconds().toString(),
          "above maxActionTimeoutSeconds, %d; lower this or raise that"
              .formatted(limits.maxActionTimeoutSeconds()));
    }
  }

  private void checkReplicas(StorageSpec storage) {
    if (storage.copies() > 1 && storage.shards() <= storage.copies()) {
      add(
          "spec.storage.replicas",
          Integer.toString(storage.copies()),
          "more than %d shards can keep: give spec.storage.shards 3 or more, or replicas 1; of two"
                  .formatted(storage.shards())
              + " shards that lose sight of each other neither knows what it lacks");
    }
  }

  /** What no two pools may have in common: nobody could say which of them an action is for. */
  private record Kind(Set<String> platform, boolean onDemand) {
    static Kind of(PoolSpec pool, SchedulerSpec scheduler) {
      return new Kind(
          words(
              pool.platform().stream()
                  .filter(property -> scheduler.match(property.name()) != Match.IGNORE)
                  .toList()),
          pool.scheduling().capacityType() == CapacityType.ON_DEMAND);
    }
  }

  private void checkRuleNames(List<SchedulerSpec.PropertyRule> properties) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < properties.size(); i++) {
      String path = "spec.scheduler.platformProperties[" + i + "]";
      SchedulerSpec.PropertyRule rule = properties.get(i);
      if (!names.add(rule.name())) {
        add(path + ".name", rule.name(), "has a rule already; leave one of the two out");
      }
      if (rule.defaultAmount() != null && rule.match() != Match.MINIMUM) {
        add(
            path + ".defaultAmount",
            rule.defaultAmount(),
            "only match Minimum counts; leave it out or change the match");
      }
    }
  }

  private void checkTenants(List<SchedulerSpec.Tenant> tenants) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < tenants.size(); i++) {
      String name = tenants.get(i).instanceName();
      if (!names.add(name)) {
        add(
            "spec.scheduler.tenants[" + i + "].instanceName",
            name,
            "has a weight already; leave one of the two out");
      }
    }
  }

  private void checkPools(List<PoolSpec> pools, SchedulerSpec scheduler) {
    Map<String, String> names = new HashMap<>();
    Map<Kind, String> kinds = new HashMap<>();
    for (int i = 0; i < pools.size(); i++) {
      String path = "spec.executorPools[" + i + "]";
      PoolSpec pool = pools.get(i);
      @Nullable String namesake = names.putIfAbsent(pool.name(), path);
      if (namesake != null && !pool.name().isEmpty()) {
        add(path + ".name", pool.name(), "the name of " + namesake + ", too; give another");
      }
      checkProperties(path + ".platform", pool.platform());
      checkAmounts(path + ".platform", pool.platform(), scheduler);
      @Nullable String twin = kinds.putIfAbsent(Kind.of(pool, scheduler), path);
      if (twin != null) {
        add(
            path + ".platform",
            String.join(",", words(pool.platform())),
            "the platform of "
                + twin
                + ", too; tell them apart by a property or by capacityType OnDemand, or make them"
                + " one");
      }
      new PoolRules(path, problems).check(pool);
    }
  }

  private void checkProperties(String path, List<PlatformProperty> platform) {
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < platform.size(); i++) {
      PlatformProperty property = platform.get(i);
      if (!seen.add(property.toString())) {
        add(path + "[" + i + "]", property.toString(), "stands here twice; leave one out");
      }
    }
  }

  private void checkAmounts(String path, List<PlatformProperty> platform, SchedulerSpec scheduler) {
    Set<String> counted = new HashSet<>();
    for (int i = 0; i < platform.size(); i++) {
      PlatformProperty property = platform.get(i);
      if (scheduler.match(property.name()) != Match.MINIMUM) {
        continue;
      }
      String at = path + "[" + i + "].value";
      if (!isAmount(property.value())) {
        add(at, property.value(), Forms.advice(Forms.AMOUNT));
      }
      if (!counted.add(property.name())) {
        add(at, property.value(), "a second amount of it; leave one of the two out");
      }
    }
  }

  private static boolean isAmount(String value) {
    return value.matches(Forms.AMOUNT)
        && Quantity.parse(value).getNumericalAmount().compareTo(MOST_AMOUNT) <= 0;
  }

  private static Set<String> words(Collection<PlatformProperty> platform) {
    Set<String> words = new TreeSet<>();
    platform.forEach(property -> words.add(property.toString()));
    return words;
  }

  private void add(String path, @Nullable String value, String reason) {
    problems.add(path, value, reason);
  }
}
