package build.sparrow.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the chart lets the operator do, read from its templates. */
public final class ChartRules {
  private static final Path TEMPLATES = Path.of("../helm/templates");

  private ChartRules() {}

  /** As {@code patch deployments.apps}. */
  public static Set<String> granted() throws IOException {
    Set<String> granted = new TreeSet<>();
    for (String file : List.of("_helpers.tpl", "roles.yaml")) {
      for (String rule : rules(Files.readAllLines(TEMPLATES.resolve(file)))) {
        JsonNode parsed = new KubernetesSerialization().unmarshal(rule, JsonNode.class);
        for (JsonNode group : parsed.get("apiGroups")) {
          for (JsonNode resource : parsed.get("resources")) {
            for (JsonNode verb : parsed.get("verbs")) {
              granted.add(verb.asText() + " " + name(resource.asText(), group.asText()));
            }
          }
        }
      }
    }
    return granted;
  }

  /** Each rule is three lines, the first of which begins with "- apiGroups". */
  private static List<String> rules(List<String> lines) {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i + 2 < lines.size(); i++) {
      if (lines.get(i).strip().startsWith("- apiGroups:")) {
        rules.add(
            lines.subList(i, i + 3).stream()
                .map(line -> line.strip().replaceFirst("^- ", ""))
                .collect(Collectors.joining("\n")));
      }
    }
    return rules;
  }

  private static String name(String resource, String group) {
    if (group.isEmpty()) {
      return resource;
    }
    int slash = resource.indexOf('/');
    return slash < 0
        ? resource + "." + group
        : resource.substring(0, slash) + "." + group + resource.substring(slash);
  }
}
