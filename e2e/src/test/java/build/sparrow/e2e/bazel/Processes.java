package build.sparrow.e2e.bazel;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * How the actions of a build were run, by Bazel's own count: the line {@code INFO: 10 processes: 4
 * remote cache hit, 6 internal.}
 *
 * @param byKind number of actions by the words that Bazel has for the way they were run
 */
public record Processes(Map<String, Integer> byKind) {
  private static final Pattern LINE =
      Pattern.compile("^INFO: (\\d+) process(?:es)?: (.+)\\.$", Pattern.MULTILINE);
  private static final Pattern PART = Pattern.compile("(\\d+) ([a-z][a-z -]*)");

  private static final String REMOTE = "remote";
  private static final String REMOTE_CACHE_HIT = "remote cache hit";
  private static final String INTERNAL = "internal";
  // Actions that were up to date; Bazel leaves them out of its total.
  private static final String ACTION_CACHE_HIT = "action cache hit";

  public Processes {
    byKind = Map.copyOf(byKind);
  }

  /**
   * Reads what Bazel printed.
   *
   * @throws AssertionError if the line is not there, is there twice, or does not add up
   */
  public static Processes parse(String output) {
    List<MatchResult> lines = LINE.matcher(output).results().toList();
    if (lines.size() != 1) {
      throw new AssertionError(
          "Expected one line \"INFO: N processes: …\", found " + lines.size() + " in:\n" + output);
    }
    Map<String, Integer> byKind = new TreeMap<>();
    for (String part : group(lines.getFirst(), 2).split(", ", -1)) {
      MatchResult words =
          PART.matcher(part)
              .results()
              .filter(match -> match.group().equals(part))
              .findFirst()
              .orElseThrow(() -> new AssertionError("Cannot read \"" + part + "\" in: " + output));
      byKind.merge(group(words, 2), Integer.parseInt(group(words, 1)), Integer::sum);
    }
    Processes processes = new Processes(byKind);
    int total = Integer.parseInt(group(lines.getFirst(), 1));
    if (processes.sumWithout(Set.of(ACTION_CACHE_HIT)) != total) {
      throw new AssertionError("The kinds do not add up to " + total + ": " + byKind);
    }
    return processes;
  }

  /** Actions that the farm ran. */
  public int remote() {
    return count(REMOTE);
  }

  /** Actions whose results came from the farm's action cache. */
  public int remoteCacheHits() {
    return count(REMOTE_CACHE_HIT);
  }

  /** Actions that are Bazel's own, such as a file group. */
  public int internal() {
    return count(INTERNAL);
  }

  /** Actions that ran on this machine, in whatever way. */
  public int local() {
    return sumWithout(Set.of(REMOTE, REMOTE_CACHE_HIT, INTERNAL, ACTION_CACHE_HIT));
  }

  private static String group(MatchResult match, int number) {
    return requireNonNull(match.group(number));
  }

  private int count(String kind) {
    return byKind.getOrDefault(kind, 0);
  }

  private int sumWithout(Set<String> kinds) {
    return byKind.entrySet().stream()
        .filter(entry -> !kinds.contains(entry.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
