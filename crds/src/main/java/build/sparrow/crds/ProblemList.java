package build.sparrow.crds;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The problems found so far, and the checks that several parts of a farm share. */
final class ProblemList {
  private final List<FarmProblem> problems = new ArrayList<>();

  void add(String path, @Nullable String value, String reason) {
    problems.add(new FarmProblem(path, value, reason));
  }

  void add(FarmProblem problem) {
    problems.add(problem);
  }

  List<FarmProblem> found() {
    return List.copyOf(problems);
  }

  /** Whether the quantity is a size within the bounds. */
  boolean checkSize(String path, Quantity quantity, String least, String most) {
    BigDecimal bytes;
    try {
      bytes = Quantity.getAmountInBytes(quantity);
    } catch (IllegalArgumentException | ArithmeticException e) {
      add(path, quantity.toString(), "not a size; give bytes, or a number with Ki, Mi, Gi or Ti");
      return false;
    }
    boolean below = bytes.compareTo(Quantity.getAmountInBytes(Quantity.parse(least))) < 0;
    boolean above = bytes.compareTo(Quantity.getAmountInBytes(Quantity.parse(most))) > 0;
    if (below || above) {
      add(path, quantity.toString(), "out of bounds; give " + least + " to " + most);
    }
    return !below && !above;
  }

  /** An image must be the same tomorrow. */
  void checkVersion(String path, @Nullable String tag, @Nullable String digest) {
    if (digest == null && (tag == null || tag.equals("latest"))) {
      add(
          path + ".tag",
          tag,
          "may be another image tomorrow; give a digest, or a tag other than latest");
    }
  }

  void checkResources(String path, Resources resources) {
    boolean requests = checkAmounts(path + ".requests", resources.requests());
    boolean limits = checkAmounts(path + ".limits", resources.limits());
    if (!requests || !limits) {
      return;
    }
    new TreeMap<>(resources.requests())
        .forEach(
            (resource, request) -> {
              if (PoolRules.exceeds(resources.limits(), resource, request)) {
                add(
                    path + ".requests." + resource,
                    request.toString(),
                    "above the limit, %s; lower this or raise that"
                        .formatted(resources.limits().get(resource)));
              }
            });
  }

  private boolean checkAmounts(String path, Map<String, Quantity> amounts) {
    int before = problems.size();
    new TreeMap<>(amounts)
        .forEach(
            (resource, amount) -> {
              try {
                Quantity.getAmountInBytes(amount);
              } catch (IllegalArgumentException | ArithmeticException e) {
                add(
                    path + "." + resource,
                    amount.toString(),
                    "not an amount; give it as 2, 500m or 4Gi");
              }
            });
    return problems.size() == before;
  }
}
