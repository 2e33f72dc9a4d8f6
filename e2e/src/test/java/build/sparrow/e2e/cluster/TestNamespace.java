package build.sparrow.e2e.cluster;

import static java.util.Objects.requireNonNull;

import build.sparrow.crds.BuildFarm;
import build.sparrow.crds.ExecutorPool;
import build.sparrow.e2e.farm.Eventually;
import build.sparrow.e2e.farm.Prerequisites;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestWatcher;
import org.opentest4j.TestAbortedException;

/**
 * A namespace of the cluster for one test class, with the Pod Security level that the documents
 * name for farms enforced. Register it in a static field; it goes with all that is in it, and when
 * a test fails, what is in it is printed first.
 */
final class TestNamespace
    implements ExecutionCondition,
        BeforeAllCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        TestWatcher {
  private static final Duration DELETION_LIMIT = Duration.ofMinutes(3);
  private static final int LOG_LINES = 60;

  private final List<AutoCloseable> closeables = new ArrayList<>();
  private @Nullable TestFarm farm;
  private @Nullable Cluster cluster;
  private @Nullable String name;

  static TestNamespace make() {
    return new TestNamespace();
  }

  Cluster cluster() {
    return requireNonNull(cluster, "No test runs");
  }

  Operator operator() {
    return cluster().operator();
  }

  KubernetesClient client() {
    return cluster().client();
  }

  String name() {
    return requireNonNull(name, "No test runs");
  }

  /** The farm of an example, applied to the cluster. */
  TestFarm apply(Example example) {
    TestFarm applied = new TestFarm(this, example.name());
    applied.apply(example);
    closeables.add(applied);
    farm = applied;
    return applied;
  }

  /** The farm that was applied last. */
  TestFarm farm() {
    return requireNonNull(farm, "No farm was applied");
  }

  List<Pod> pods() {
    return client().pods().inNamespace(name()).list().getItems();
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<String> lack = Cluster.lack();
    if (context.getTestMethod().isEmpty()) {
      lack.ifPresent(why -> Tally.skipped(context.getDisplayName(), why));
    }
    return Prerequisites.condition(context, lack);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    cluster = Cluster.of(context);
    String type =
        context
            .getRequiredTestClass()
            .getSimpleName()
            .replaceAll("([a-z])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT);
    name = "e2e-" + type + "-" + Long.toString(System.currentTimeMillis() / 1000, 36);
    client()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "baseline")
                .endMetadata()
                .build())
        .create();
    System.out.println("Namespace " + name + " is for " + context.getDisplayName());
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    for (AutoCloseable closeable : closeables) {
      closeable.close();
    }
    if (name == null) {
      return;
    }
    client().namespaces().withName(name).delete();
    awaitGone();
  }

  /** Waits until nothing of the namespace is left. */
  void awaitGone() {
    Eventually.get(
        "namespace " + name + " is gone",
        DELETION_LIMIT,
        Duration.ofMillis(500),
        () ->
            client().namespaces().withName(name()).get() == null
                ? Optional.of(true)
                : Optional.empty());
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (!(failure instanceof TestAbortedException)) {
      System.err.print(state());
    }
    throw failure;
  }

  @Override
  public void testSuccessful(ExtensionContext context) {
    Tally.passed();
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    Tally.failed();
  }

  @Override
  public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
    String why = cause == null ? "" : String.valueOf(cause.getMessage());
    String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
    System.out.println("SKIPPED " + test + ": " + why);
    Tally.skipped(test, why);
  }

  @Override
  public void testDisabled(ExtensionContext context, Optional<String> reason) {
    Tally.skipped(context.getDisplayName(), reason.orElse(""));
  }

  /** What a person would look at. */
  private String state() {
    StringBuilder text = new StringBuilder();
    try {
      for (BuildFarm farm :
          client().resources(BuildFarm.class).inNamespace(name).list().getItems()) {
        text.append("---- farm ").append(farm.getMetadata().getName()).append('\n');
        append(text, farm.getStatus().conditions());
      }
      for (ExecutorPool pool :
          client().resources(ExecutorPool.class).inNamespace(name).list().getItems()) {
        text.append("---- pool ").append(pool.getMetadata().getName()).append('\n');
        append(text, pool.getStatus().conditions());
      }
      for (Pod pod : pods()) {
        append(text, pod);
      }
      client()
          .v1()
          .events()
          .inNamespace(name)
          .list()
          .getItems()
          .forEach(
              event ->
                  text.append(
                      "event %s %s/%s %s: %s%n"
                          .formatted(
                              event.getType(),
                              event.getInvolvedObject().getKind(),
                              event.getInvolvedObject().getName(),
                              event.getReason(),
                              event.getMessage())));
      text.append(operator().logs(LOG_LINES));
    } catch (KubernetesClientException e) {
      text.append("The rest cannot be read: ").append(e.getMessage()).append('\n');
    }
    return text.toString();
  }

  private static void append(StringBuilder text, List<Condition> conditions) {
    conditions.forEach(
        condition ->
            text.append(
                "%s=%s %s: %s%n"
                    .formatted(
                        condition.getType(),
                        condition.getStatus(),
                        condition.getReason(),
                        condition.getMessage())));
  }

  private void append(StringBuilder text, Pod pod) {
    String pods = pod.getMetadata().getName();
    text.append(
        "---- pod %s on %s: %s, %s%n"
            .formatted(
                pods,
                pod.getSpec().getNodeName(),
                pod.getStatus().getPhase(),
                pod.getStatus().getContainerStatuses()));
    try {
      text.append(client().pods().inNamespace(name).withName(pods).tailingLines(LOG_LINES).getLog())
          .append('\n');
    } catch (KubernetesClientException e) {
      text.append("no log: ").append(e.getMessage()).append('\n');
    }
  }
}
