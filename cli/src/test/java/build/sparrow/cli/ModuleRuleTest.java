package build.sparrow.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The module rule of Sparrow, over the shipped classes of every module. */
@AnalyzeClasses(packages = "build.sparrow", importOptions = DoNotIncludeTests.class)
final class ModuleRuleTest {

  /**
   * A module, the package trees that are its own, and the modules whose classes it may name.
   *
   * @param roots Java packages; all packages beneath them belong to the module, but for those
   *     beneath a longer root of another module
   */
  private record Module(String name, Set<String> roots, Set<String> mayImport) {}

  private static final List<Module> MODULES =
      List.of(
          new Module(
              "remote-apis",
              Set.of(
                  "build.sparrow.reapi",
                  "build.sparrow.scheduling.v1",
                  "build.sparrow.farm.v1",
                  "build.sparrow.storage.v1"),
              Set.of()),
          new Module("service-runtime", Set.of("build.sparrow.service"), Set.of()),
          new Module("crds", Set.of("build.sparrow.crds"), Set.of()),
          new Module("scheduler-core", Set.of("build.sparrow.scheduling"), Set.of()),
          new Module("cas", Set.of("build.sparrow.cas"), Set.of("remote-apis", "service-runtime")),
          new Module(
              "frontend",
              Set.of("build.sparrow.frontend"),
              Set.of("remote-apis", "scheduler-core", "cas", "service-runtime")),
          new Module(
              "executor",
              Set.of("build.sparrow.executor"),
              Set.of("remote-apis", "scheduler-core", "cas", "service-runtime")),
          new Module(
              "operator",
              Set.of("build.sparrow.operator"),
              Set.of("remote-apis", "service-runtime", "crds")),
          new Module(
              "cli",
              Set.of("build.sparrow.cli"),
              Set.of(
                  "remote-apis",
                  "service-runtime",
                  "crds",
                  "scheduler-core",
                  "cas",
                  "frontend",
                  "executor")));

  /** Where time, threads, randomness and logging come from; a pure state machine gets them. */
  private static final Set<String> IMPURE_TYPES =
      Set.of(
          "java.lang.Thread",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.security.SecureRandom",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.Executor",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.random.RandomGeneratorFactory");

  private static final Set<String> IMPURE_CALLS =
      Set.of(
          "java.lang.Math.random",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.getLogger",
          "java.lang.System.nanoTime",
          "java.util.Collections.shuffle",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of");

  private static final Pattern CALL_OF_NOW = Pattern.compile("java\\.time\\.[A-Za-z.]*\\.now");

  @ArchTest
  static void everyModuleOfTheTableIsSeen(JavaClasses classes) {
    for (Module module : MODULES) {
      assertThat(classes.stream().filter(in(module.name()))).as(module.name()).isNotEmpty();
    }
  }

  @ArchTest
  static final ArchRule everyClassBelongsToOneModule =
      classes()
          .should(
              check(
                  "live in the package tree of a module",
                  (type, violations) -> {
                    if (moduleOf(type).isEmpty()) {
                      violations.add(
                          type.getName() + " is in no module's package tree; move it or add it");
                    }
                  }));

  @ArchTest
  static final ArchRule modulesNameOnlyTheModulesTheyMay =
      classes()
          .should(
              check(
                  "name only the modules that their module may import",
                  (type, violations) -> {
                    Optional<Module> from = moduleOf(type);
                    type.getDirectDependenciesFromSelf()
                        .forEach(
                            dependency -> {
                              Optional<Module> to = moduleOf(dependency.getTargetClass());
                              if (from.isPresent()
                                  && to.isPresent()
                                  && !from.equals(to)
                                  && !from.get().mayImport().contains(to.get().name())) {
                                violations.add(
                                    "%s may not import %s: %s"
                                        .formatted(
                                            from.get().name(),
                                            to.get().name(),
                                            dependency.getDescription()));
                              }
                            });
                  }));

  @ArchTest
  static final ArchRule schedulerCoreNamesOnlyTheJdk =
      classes()
          .that(in("scheduler-core"))
          .should()
          .onlyDependOnClassesThat(
              in("scheduler-core").or(resideInAnyPackage("java..", "org.jspecify.annotations..")));

  @ArchTest
  static final ArchRule schedulerCoreDoesNoInputOrOutput =
      noClasses()
          .that(in("scheduler-core"))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.nio.file..", "java.sql..", "java.util.logging..");

  @ArchTest
  static final ArchRule schedulerCoreHasNoClockThreadOrRandomSource =
      noClasses()
          .that(in("scheduler-core"))
          .should()
          .accessTargetWhere(
              describe(
                  "its owner is a clock, a thread or a random source; they are arguments of the"
                      + " core",
                  access -> isImpure(access.getTarget())));

  /** They run in the simulator as they are. */
  @ArchTest
  static final ArchRule callsOverShardsHaveNoClockThreadOrRandomSource =
      noClasses()
          .that()
          .resideInAPackage("build.sparrow.cas.replica.call")
          .should()
          .accessTargetWhere(
              describe(
                  "its owner is a clock, a thread or a random source",
                  access -> isImpure(access.getTarget())));

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses().should().haveNameMatching(".*(Utils?|Helpers?|Managers?|Impl)");

  @ArchTest
  static final ArchRule packagesAreNamedByFeature =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..common..",
              "..util..",
              "..utils..",
              "..helper..",
              "..helpers..",
              "..manager..",
              "..impl..");

  private static Optional<Module> moduleOf(JavaClass type) {
    String packageName = type.getBaseComponentType().getPackageName();
    return Stream.iterate(packageName, name -> !name.isEmpty(), ModuleRuleTest::parentOf)
        .flatMap(root -> MODULES.stream().filter(module -> module.roots().contains(root)))
        .findFirst();
  }

  private static String parentOf(String packageName) {
    return packageName.substring(0, Math.max(packageName.lastIndexOf('.'), 0));
  }

  private static DescribedPredicate<JavaClass> in(String moduleName) {
    return describe(
        "are in " + moduleName,
        type -> moduleOf(type).filter(module -> module.name().equals(moduleName)).isPresent());
  }

  private static boolean isImpure(AccessTarget target) {
    String call = target.getOwner().getName() + "." + target.getName();
    return IMPURE_TYPES.contains(target.getOwner().getName())
        || IMPURE_CALLS.contains(call)
        || CALL_OF_NOW.matcher(call).matches();
  }

  private interface Check {
    void inspect(JavaClass type, List<String> violations);
  }

  private static ArchCondition<JavaClass> check(String description, Check check) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        List<String> violations = new ArrayList<>();
        check.inspect(type, violations);
        violations.forEach(violation -> events.add(SimpleConditionEvent.violated(type, violation)));
      }
    };
  }
}
