package build.sparrow.cas.replica.call;

import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The candidates of one item, asked one after the other: who is suspected of being away, last. */
final class Candidates {
  private final List<Endpoint> ranked;
  private final List<Endpoint> order;
  private int asked;
  private int underWay;

  Candidates(List<Endpoint> ranked, Set<Endpoint> suspects) {
    this.ranked = ranked;
    this.order = ordered(ranked, suspects);
  }

  private static List<Endpoint> ordered(List<Endpoint> ranked, Set<Endpoint> suspects) {
    if (suspects.isEmpty()) {
      return ranked;
    }
    List<Endpoint> order = new ArrayList<>(ranked.size());
    ranked.stream().filter(shard -> !suspects.contains(shard)).forEach(order::add);
    ranked.stream().filter(suspects::contains).forEach(order::add);
    return order;
  }

  /** All of them, homes first. */
  List<Endpoint> ranked() {
    return ranked;
  }

  /** The next to be asked, from whom an answer is awaited then; empty if all were. */
  Optional<Endpoint> next() {
    if (asked == order.size()) {
      return Optional.empty();
    }
    underWay++;
    return Optional.of(order.get(asked++));
  }

  /** One of those asked has answered or failed. */
  void heard() {
    underWay--;
  }

  /** Whether an answer is awaited. */
  boolean isWaiting() {
    return underWay > 0;
  }

  /** Whether nobody is left to ask and no answer is awaited. */
  boolean isExhausted() {
    return underWay == 0 && asked == order.size();
  }
}
