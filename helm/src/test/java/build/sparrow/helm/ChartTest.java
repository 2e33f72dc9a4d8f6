package build.sparrow.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the chart makes of its values, by the real Helm: properties, not texts. */
final class ChartTest {
  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "*");

  @BeforeEach
  void helmIsThere() {
    Helm.assumeThere();
  }

  @Test
  void lintFindsNothing() {
    Helm.Run lint = Helm.run("lint", "--strict", Helm.CHART.toString());

    assertThat(lint.exitCode()).as(lint.output()).isZero();
  }

  @Test
  void operatorRunsRestricted_andIsToldWhereItIs() throws Exception {
    JsonNode deployment = only("Deployment", Helm.template());
    JsonNode pod = deployment.at("/spec/template/spec");
    JsonNode container = pod.at("/containers/0");

    assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(2);
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(container.at("/securityContext").toString())
        .isEqualTo(
            "{\"allowPrivilegeEscalation\":false,\"readOnlyRootFilesystem\":true,"
                + "\"capabilities\":{\"drop\":[\"ALL\"]}}");
    assertThat(container.at("/args").toString()).isEqualTo("[\"operator\"]");
    assertThat(container.at("/resources/limits/memory"))
        .isEqualTo(container.at("/resources/requests/memory"));
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("metrics");
    }
    Map<String, String> environment = environment(container);
    assertThat(environment)
        .containsEntry("SPARROW_IMAGE", container.at("/image").asText())
        .containsEntry("WATCH_NAMESPACES", "")
        .containsEntry("WATCH_NODES", "true")
        .containsEntry("LEADER_ELECTION", "true")
        .containsEntry("METRICS_PORT", container.at("/ports/0/containerPort").asText())
        .containsKeys("POD_NAME", "POD_NAMESPACE");
  }

  @Test
  void selectorFindsThePods_andEveryObjectIsLabelled() throws Exception {
    List<JsonNode> objects = Helm.template("--set=crds.install=false");
    JsonNode deployment = only("Deployment", objects);
    JsonNode labels = deployment.at("/spec/template/metadata/labels");

    deployment
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(label -> assertThat(labels.get(label.getKey())).isEqualTo(label.getValue()));
    assertThat(only("PodDisruptionBudget", objects).at("/spec/selector"))
        .isEqualTo(deployment.at("/spec/selector"));
    assertThat(objects)
        .allSatisfy(
            object ->
                assertThat(object.at("/metadata/labels/app.kubernetes.io~1instance").asText())
                    .as(object.toString())
                    .isEqualTo("sparrow"));
  }

  @Test
  void digestBeatsTag_andOneReplicaNeedsNoBudget() throws Exception {
    String digest = "sha256:" + "0a".repeat(32);
    List<JsonNode> objects =
        Helm.template("--set=replicas=1", "--set=image.tag=v7", "--set=image.digest=" + digest);

    assertThat(only("Deployment", objects).at("/spec/template/spec/containers/0/image").asText())
        .isEqualTo("docker.io/sparrow/sparrow@" + digest);
    assertThat(kinds(objects)).doesNotContain("PodDisruptionBudget");
  }

  @Test
  void watchedNamespacesNeedNoRightsBeyondThem() throws Exception {
    List<JsonNode> objects =
        Helm.template(
            "--set=watchNamespaces={builds,ci}",
            "--set=watchNodes=false",
            "--set=readStorageClasses=false",
            "--set=aggregateRoles=false");

    assertThat(kinds(objects)).doesNotContain("ClusterRole", "ClusterRoleBinding");
    assertThat(all("Role", objects))
        .extracting(role -> role.at("/metadata/namespace").asText())
        .containsExactlyInAnyOrder("builds", "ci", "sparrow-system");
    assertThat(environment(only("Deployment", objects).at("/spec/template/spec/containers/0")))
        .containsEntry("WATCH_NAMESPACES", "builds,ci")
        .containsEntry("WATCH_NODES", "false");
  }

  @Test
  void everyRoleIsBoundToTheOperator_butTheAggregatedOnes() throws Exception {
    List<JsonNode> objects = Helm.template("--set=watchNamespaces={builds}");
    List<String> bound = new ArrayList<>();
    for (JsonNode object : objects) {
      if (object.at("/kind").asText().endsWith("RoleBinding")) {
        bound.add(object.at("/roleRef/kind").asText() + "/" + object.at("/roleRef/name").asText());
        assertThat(object.at("/subjects").toString())
            .isEqualTo(
                "[{\"kind\":\"ServiceAccount\",\"name\":\"sparrow-operator\","
                    + "\"namespace\":\"sparrow-system\"}]");
      }
    }

    assertThat(bound)
        .containsExactlyInAnyOrder(
            "Role/sparrow-operator",
            "Role/sparrow-operator-leader",
            "ClusterRole/sparrow-operator-cluster-reader");
  }

  @Test
  void operatorMayNotDoWhatItNeverDoes() throws Exception {
    for (JsonNode role : Helm.template()) {
      for (JsonNode rule : role.at("/rules")) {
        assertThat(texts(rule.get("resources")))
            .as(role.at("/metadata/name").asText())
            .doesNotContain("*", "secrets", "pods/exec", "pods/log", "roles", "clusterroles");
        assertThat(texts(rule.get("verbs"))).doesNotContain("*", "escalate", "bind", "impersonate");
        assertThat(texts(rule.get("apiGroups"))).doesNotContain("*");
        if (texts(rule.get("resources")).contains("nodes")) {
          assertThat(texts(rule.get("verbs"))).doesNotContainAnyElementsOf(WRITES);
        }
      }
    }
  }

  @Test
  void crdsStayWhenTheReleaseGoes_andAreOtherwiseTheGeneratedOnes() throws Exception {
    List<JsonNode> crds = all("CustomResourceDefinition", Helm.template());

    assertThat(crds).hasSize(2);
    YAMLMapper yaml = new YAMLMapper();
    for (JsonNode crd : crds) {
      String name = crd.at("/metadata/name").asText();
      assertThat(crd.at("/metadata/annotations").toString())
          .isEqualTo("{\"helm.sh/resource-policy\":\"keep\"}");
      assertThat(crd.get("spec"))
          .isEqualTo(
              yaml.readTree(GeneratedFilesTest.GENERATED_CRDS.resolve(name + "-v1.yml").toFile())
                  .get("spec"));
    }
    assertThat(kinds(Helm.template("--set=crds.install=false")))
        .doesNotContain("CustomResourceDefinition");
  }

  @Test
  void wrongValuesAreRefused_byTheirName() {
    Map.of(
            "replicas=0", "/replicas",
            "replica=1", "replica",
            "image.tga=1", "tga",
            "image.tag=latest", "/image/tag",
            "image.digest=sha256:12", "/image/digest",
            "image.repository=r:1", "/image/repository",
            "image.pullPolicy=Sometimes", "/image/pullPolicy",
            "watchNamespaces={Builds}", "/watchNamespaces/0",
            "resources.limits.memory=4GB", "/resources/limits/memory",
            "crds.instal=true", "instal")
        .forEach(
            (value, named) -> {
              Helm.Run run =
                  Helm.run("template", "sparrow", Helm.CHART.toString(), "--set=" + value);
              assertThat(run.exitCode()).as(value).isNotZero();
              assertThat(run.output()).as(value).contains(named);
            });
  }

  @Test
  void accountOfOthersMustBeNamed() throws Exception {
    Helm.Run nameless =
        Helm.run("template", "sparrow", Helm.CHART.toString(), "--set=serviceAccount.create=false");
    List<JsonNode> named =
        Helm.template("--set=serviceAccount.create=false", "--set=serviceAccount.name=mine");

    assertThat(nameless.exitCode()).isNotZero();
    assertThat(nameless.output()).contains("name the ServiceAccount in serviceAccount.name");
    assertThat(kinds(named)).doesNotContain("ServiceAccount");
    assertThat(only("Deployment", named).at("/spec/template/spec/serviceAccountName").asText())
        .isEqualTo("mine");
  }

  private static Map<String, String> environment(JsonNode container) {
    Map<String, String> environment = new TreeMap<>();
    for (JsonNode variable : container.get("env")) {
      environment.put(variable.get("name").asText(), variable.path("value").asText());
    }
    return environment;
  }

  private static JsonNode only(String kind, List<JsonNode> objects) {
    List<JsonNode> found = all(kind, objects);
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  private static List<JsonNode> all(String kind, List<JsonNode> objects) {
    return objects.stream().filter(object -> object.at("/kind").asText().equals(kind)).toList();
  }

  private static List<String> kinds(List<JsonNode> objects) {
    return objects.stream().map(object -> object.at("/kind").asText()).toList();
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
