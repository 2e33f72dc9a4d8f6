package build.sparrow.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules that bind the fields of a pool to each other, and those of images and resources. */
final class PoolRulesTest {
  @Test
  void poolThatUsesEverythingIsSound() throws Exception {
    assertThat(
            problemsOf(
                """
                "resources": {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"memory": "4Gi"}},
                "sandbox": {"seccompProfile": {"type": "Localhost", "localhostProfile": "bwrap.json"}},
                "image": {"repository": "registry.example.com/toolchain", "tag": "12"},
                "inputCache": {"sizeLimit": "10Gi"},
                "workDir": {"sizeLimit": "40Gi"},
                "scheduling": {
                  "capacityType": "Spot",
                  "nodeSelector": {"kubernetes.io/arch": "amd64"},
                  "tolerations": [
                    {"key": "spot", "operator": "Exists", "effect": "NoSchedule"},
                    {"key": "a", "value": "b", "effect": "NoExecute", "tolerationSeconds": 30}],
                  "onDemandFallback": {"maxReplicas": 4}},
                "autoscaling": {
                  "mode": "Internal", "minReplicas": 1, "maxReplicas": 20, "idleReplicas": 2,
                  "schedules": [{"cron": "0 7 * * 1-5", "timeZone": "Europe/Zurich", "minReplicas": 9}]},
                "disruption": {"drainTimeoutSeconds": 60, "maxUnavailable": 2}
                """))
        .isEmpty();
  }

  @Test
  void imageIsTheSameTomorrow_andForASandbox() throws Exception {
    assertThat(problemsOf("\"image\": {\"repository\": \"r/t\", \"tag\": \"latest\"}"))
        .containsExactly(
            problem(
                "image.tag",
                "latest",
                "may be another image tomorrow; give a digest, or a tag other than latest"));
    assertThat(
            problemsOf(
                """
                "image": {"repository": "r/t", "digest": "sha256:ab"},
                "sandbox": {"type": "None"}
                """))
        .extracting(FarmProblem::reason)
        .containsExactly(
            "has 9 characters; give 71 to 71",
            "not a digest; give sha256: and 64 hexadecimal digits",
            "actions see it only in a sandbox; leave it out or set sandbox.type to Bubblewrap");
    assertThat(
            problemsOf(
                """
                "image": {"repository": "r/t", "tag": "1"},
                "sandbox": {"rootDirectory": "/toolchain"}
                """))
        .containsExactly(problem("image", "r/t:1", "give this or sandbox.rootDirectory, not both"));
  }

  @Test
  void seccompProfileIsAFileForLocalhostOnly() throws Exception {
    assertThat(problemsOf("\"sandbox\": {\"seccompProfile\": {\"type\": \"Localhost\"}}"))
        .containsExactly(
            problem(
                "sandbox.seccompProfile.localhostProfile",
                null,
                "give it with type Localhost, and only with it"));
  }

  @Test
  void inputCacheFitsIntoTheDisk_andSizesAreSizes() throws Exception {
    assertThat(
            problemsOf(
                "\"inputCache\": {\"sizeLimit\": \"10Gi\"}, \"workDir\": {\"sizeLimit\":"
                    + " \"10Gi\"}"))
        .containsExactly(
            problem(
                "workDir.sizeLimit",
                "10Gi",
                "not above inputCache.sizeLimit, 10Gi, which is a part of it; raise this or lower"
                    + " that"));
    assertThat(problemsOf("\"workDir\": {\"sizeLimit\": \"1Mi\"}"))
        .containsExactly(problem("workDir.sizeLimit", "1Mi", "out of bounds; give 64Mi to 8Pi"));
  }

  @Test
  void requestsAreWithinLimits_andAmountsAreAmounts() throws Exception {
    assertThat(
            problemsOf(
                """
                "resources": {"requests": {"cpu": "2", "memory": "4Gi"},
                              "limits": {"memory": "2Gi", "cpu": "2000m"}}
                """))
        .containsExactly(
            problem(
                "resources.requests.memory",
                "4Gi",
                "above the limit, 2Gi; lower this or raise that"));
    assertThat(problemsOf("\"resources\": {\"requests\": {\"memory\": \"4GB\"}}"))
        .containsExactly(
            problem(
                "resources.requests.memory", "4GB", "not an amount; give it as 2, 500m or 4Gi"));
  }

  @Test
  void tolerationsAndFallbackAreWhole() throws Exception {
    assertThat(
            problemsOf(
                """
                "scheduling": {
                  "onDemandFallback": {},
                  "tolerations": [{}, {"key": "k", "operator": "Exists", "value": "v"},
                                  {"key": "k", "tolerationSeconds": 5}]}
                """))
        .extracting(FarmProblem::path)
        .containsExactly(
            "spec.executorPools[0].scheduling.onDemandFallback",
            "spec.executorPools[0].scheduling.tolerations[0].key",
            "spec.executorPools[0].scheduling.tolerations[1].value",
            "spec.executorPools[0].scheduling.tolerations[2].tolerationSeconds");
  }

  @Test
  void autoscalingKeepsItsBounds_andTheOperatorsFieldsAreForTheOperator() throws Exception {
    assertThat(
            problemsOf(
                """
                "autoscaling": {
                  "mode": "External", "minReplicas": 6, "maxReplicas": 5, "idleReplicas": 7,
                  "schedules": [{"cron": "at seven", "timeZone": "Zurich", "minReplicas": 8}]}
                """))
        .containsExactly(
            problem("autoscaling.schedules[0].cron", "at seven", "has 8 characters; give 9 to 100"),
            problem(
                "autoscaling.schedules[0].cron",
                "at seven",
                "not a time; give minute, hour, day of month, month and day of week, as 0 7 * *"
                    + " 1-5"),
            problem(
                "autoscaling.minReplicas",
                "6",
                "above autoscaling.maxReplicas, 5; lower this or raise that"),
            problem(
                "autoscaling.idleReplicas",
                "7",
                "above autoscaling.maxReplicas, 5; lower this or raise that"),
            problem(
                "autoscaling.idleReplicas",
                "7",
                "only mode Internal keeps spare executors; leave it out or change the mode"),
            problem(
                "autoscaling.schedules",
                null,
                "only mode Internal keeps them; leave them out or change the mode"),
            problem(
                "autoscaling.schedules[0].minReplicas",
                "8",
                "above autoscaling.maxReplicas, 5; lower this or raise that"),
            problem(
                "autoscaling.schedules[0].timeZone",
                "Zurich",
                "not a time zone; give a name as Europe/Zurich or UTC"));
  }

  @Test
  void aScheduleBeginsSomeDay() throws Exception {
    assertThat(
            problemsOf(
                """
                "autoscaling": {
                  "mode": "Internal",
                  "schedules": [
                    {"cron": "0 25 * * *", "minReplicas": 1},
                    {"cron": "0 7 31 2 *", "minReplicas": 1}]}
                """))
        .containsExactly(
            problem(
                "autoscaling.schedules[0].cron",
                "0 25 * * *",
                "not a time: Value 25 not in range [0, 23]; give minute, hour, day of month, month"
                    + " and day of week, as 0 7 * * 1-5"),
            problem(
                "autoscaling.schedules[1].cron",
                "0 7 31 2 *",
                "a day that no month has; give a day of month that is in the month"));
  }

  @Test
  void aNodeCanAlwaysBeDrained() throws Exception {
    for (String none : List.of("0", "\"0%\"", "\"half\"")) {
      assertThat(problemsOf("\"disruption\": {\"maxUnavailable\": " + none + "}"))
          .as(none)
          .containsExactly(
              problem(
                  "disruption.maxUnavailable",
                  none.replace("\"", ""),
                  "not a number from 1 nor 1% to 100%; with none a node could never be drained"));
    }
  }

  @Test
  void farmsImageNeedsARepository_andAVersion() throws Exception {
    assertThat(problemsOfFarm("\"image\": {\"tag\": \"1\"}"))
        .containsExactly(
            new FarmProblem(
                "spec.image.repository", null, "missing; give it, or leave tag and digest out"));
    assertThat(problemsOfFarm("\"image\": {\"repository\": \"r\"}"))
        .containsExactly(
            new FarmProblem(
                "spec.image.tag",
                null,
                "may be another image tomorrow; give a digest, or a tag other than latest"));
  }

  @Test
  void mapsAreBounded() throws Exception {
    StringBuilder labels = new StringBuilder();
    for (int i = 0; i < 33; i++) {
      labels.append(i == 0 ? "" : ",").append("\"l%d\": \"\"".formatted(i));
    }

    assertThat(problemsOfFarm("\"monitoring\": {\"podMonitor\": {\"labels\": {" + labels + "}}}"))
        .containsExactly(
            new FarmProblem(
                "spec.monitoring.podMonitor.labels", null, "has 33 entries; give at most 32"));
  }

  private static FarmProblem problem(String field, @Nullable String value, String reason) {
    return new FarmProblem("spec.executorPools[0]." + field, value, reason);
  }

  private static List<FarmProblem> problemsOf(String poolFields) throws Exception {
    return problemsOfFarm("\"executorPools\": [{\"name\": \"linux\", " + poolFields + "}]");
  }

  private static List<FarmProblem> problemsOfFarm(String fields) throws Exception {
    return FarmRules.problemsOf(
        new ObjectMapper()
            .readValue(
                """
                {"apiVersion": "sparrow.build/v1alpha1", "kind": "BuildFarm",
                 "metadata": {"name": "main"}, "spec": {%s}}
                """
                    .formatted(fields),
                BuildFarm.class));
  }
}
