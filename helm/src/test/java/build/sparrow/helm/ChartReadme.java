package build.sparrow.helm;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the chart's README of its values: each value's comment is its description, and a value
 * without one is a mistake.
 */
final class ChartReadme {
  private static final Pattern LINE = Pattern.compile("( *)([A-Za-z]+):(?: (.+))?");
  private static final String HEAD =
      """
      # The chart sparrow

      Installs the operator of Sparrow and its kinds, `BuildFarm` and `ExecutorPool`. It needs Kubernetes 1.33 or newer.

          helm install sparrow helm --namespace sparrow-system --create-namespace

      [Install](../docs/operate/install.md), [upgrade](../docs/operate/upgrade.md), [uninstall](../docs/operate/uninstall.md).

      - **Two operators**, one works and one stands by; both non-root, without capabilities, on a read-only root file system.
      - **Rights** over the farms' objects in all namespaces, or by `watchNamespaces` in those only; no right to read a secret.
      - **CRDs** are templates, so that an upgrade upgrades them, and are kept when the release is uninstalled.

      ## Values

      Every value is checked by [values.schema.json](values.schema.json); one that the chart does not know is refused. This page
      is generated from [values.yaml](values.yaml): `mvn -pl helm test -Dsparrow.crds.update=true`.

      | value | default | what it is |
      |---|---|---|
      """;

  private ChartReadme() {}

  private record Level(int indent, String path) {}

  static String of(List<String> values) {
    StringBuilder text = new StringBuilder(HEAD);
    List<Level> parents = new ArrayList<>();
    List<String> comment = new ArrayList<>();
    // The first paragraph is about the file.
    for (String line : values.subList(values.indexOf("") + 1, values.size())) {
      String stripped = line.strip();
      if (stripped.startsWith("#")) {
        comment.add(stripped.substring(1).strip());
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        continue;
      }
      int indent = requireNonNull(matcher.group(1)).length();
      String name = requireNonNull(matcher.group(2));
      while (!parents.isEmpty() && parents.getLast().indent() >= indent) {
        parents.removeLast();
      }
      String path = parents.isEmpty() ? name : parents.getLast().path() + "." + name;
      parents.add(new Level(indent, path));
      if (!comment.isEmpty() || matcher.group(3) != null) {
        append(text, path, matcher.group(3), comment);
      }
      comment.clear();
    }
    return text.toString();
  }

  private static void append(
      StringBuilder text, String path, @Nullable String value, List<String> comment) {
    String described = String.join(" ", comment);
    if (described.isEmpty() && !path.startsWith("resources.")) {
      throw new AssertionError(
          "values.yaml says nothing of " + path + "; write a comment above it");
    }
    text.append("| `").append(path).append("` | ");
    text.append(value == null ? "" : "`" + value + "`").append(" | ").append(described);
    text.append(" |\n");
  }
}
