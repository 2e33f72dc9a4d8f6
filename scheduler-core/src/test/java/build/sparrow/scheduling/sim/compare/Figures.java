package build.sparrow.scheduling.sim.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was promised, and what came of it. */
final class Figures {
  private Figures() {}

  static List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (int load : new int[] {80, 95}) {
      settings.add(Setting.paperJobs(load));
    }
    for (int load : new int[] {80, 90, 95}) {
      settings.add(Setting.buildMix(load));
    }
    settings.add(Setting.preempted());
    settings.add(Setting.losingAFrontend());
    settings.add(Setting.dagBuilds(true));
    settings.add(Setting.dagBuilds(false));
    settings.add(Setting.recordedBuilds(true));
    settings.add(Setting.recordedBuilds(false));
    settings.add(Setting.editing());
    settings.add(Setting.skew());
    settings.add(Setting.duplicateStorm());
    settings.add(Setting.flood(false));
    settings.add(Setting.flood(true));
    return settings;
  }

  /**
   * The figures whose settings were run. Where a target compares with somebody who can be beaten
   * only so far, the line says how far an omniscient scheduler comes.
   */
  static void print(Results results) {
    ratio(results, "W1 80 %", Metric.RESPONSE_MS, Policies.FIFO, 1.05);
    ratio(results, "W1 95 %", Metric.RESPONSE_MS, Policies.FIFO, 1.12);
    ratio(results, "W2 80 %", Metric.P99_WAIT_MS, Policies.FIFO, 1.10);
    ratio(results, "W2 90 %", Metric.P99_WAIT_MS, Policies.FIFO, 1.20);
    ratio(results, "W2 95 %", Metric.P99_WAIT_MS, Policies.FIFO, 1.30);
    for (int load : new int[] {80, 90, 95}) {
      ratio(results, "W2 " + load + " %", Metric.P99_SHORT_WAIT_MS, Policies.FIFO, 0.30);
    }
    for (String peer : List.of(Policies.BATCH, Policies.POLLING)) {
      boundedRatio(results, "W2 80 %", Metric.P99_WAIT_MS, peer, 0.5);
      boundedRatio(results, "W2 95 %", Metric.P99_WAIT_MS, peer, 0.7);
    }
    absolute(results, "W3 warm", Metric.MAKESPAN, 1.10);
    absolute(results, "W3 cold", Metric.MAKESPAN, 1.20);
    flood(results);
    for (int load : new int[] {80, 90, 95}) {
      absolute(results, "W2 " + load + " %", Metric.MESSAGES, 5);
    }
    absolute(results, "W2 80 %, nodes go", Metric.WASTED_OVER_LEAST, 1.1);
    absolute(results, "W2 80 %, frontend crashes", Metric.RESTARTS, 0);
    absolute(results, "W2 80 %, frontend crashes", Metric.ERRORS, 0);
  }

  private static void flood(Results results) {
    String alone = "W8 alone";
    String flooded = "W8 flooded";
    Metric slowdown = Metric.P99_SLOWDOWN;
    if (results.has(alone, Policies.SPARROW) && results.has(flooded, Policies.SPARROW)) {
      line(
          "W8, " + slowdown.title + " of the victim, flooded / alone",
          results.ratio(slowdown, Policies.SPARROW, flooded, alone),
          2,
          omniscient(results.ratio(slowdown, Policies.FAIR_AND_SIZED, flooded, alone)));
    }
  }

  private static void ratio(
      Results results, String setting, Metric metric, String other, double target) {
    if (results.has(setting, Policies.SPARROW)) {
      line(
          setting + ", " + metric.title + " / " + other,
          results.ratio(setting, metric, Policies.SPARROW, other),
          target,
          "");
    }
  }

  private static void boundedRatio(
      Results results, String setting, Metric metric, String other, double target) {
    if (results.has(setting, Policies.SPARROW)) {
      line(
          setting + ", " + metric.title + " / " + other,
          results.ratio(setting, metric, Policies.SPARROW, other),
          target,
          omniscient(results.ratio(setting, metric, Policies.SIZED, other)));
    }
  }

  private static void absolute(Results results, String setting, Metric metric, double target) {
    if (results.has(setting, Policies.SPARROW)) {
      line(
          setting + ", " + metric.title, results.of(setting, Policies.SPARROW, metric), target, "");
    }
  }

  private static String omniscient(Statistic reached) {
    return String.format(Locale.ROOT, "; omniscient: %.3g", reached.median());
  }

  private static void line(String figure, Statistic measured, double target, String note) {
    System.out.printf(
        Locale.ROOT,
        "%-64s %-24s <= %-6s %s%s%n",
        figure,
        measured,
        target,
        measured.median() <= target ? "holds" : "falls short",
        note);
  }
}
