package build.sparrow.cas.replica.call;

import build.sparrow.cas.replica.call.ReplicaEffect.Find;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says which blobs are missing. One is there if one candidate holds it, and missing if as many deny
 * it as acknowledge a write, all of whose word counts. If every candidate denies it, but too few of
 * those count, it is doubted: missing if another call, begun after this one, doubts it too. Where
 * nothing of that comes about, nobody knows. A home that lacks what another holds is owed it from
 * then on.
 */
public final class FindCall implements ReplicaCall {
  private final Placement placement;
  private final Map<Item, Inquiry> inquiries = new LinkedHashMap<>();
  private int open;
  private boolean late;

  /** One blob, and what was heard of it. */
  private static final class Inquiry {
    private final Candidates candidates;
    private final List<Endpoint> holders = new ArrayList<>(2);
    private final List<Endpoint> deniers = new ArrayList<>(2);
    private int trustedDenials;
    private boolean settled;

    Inquiry(Candidates candidates) {
      this.candidates = candidates;
    }

    boolean isMissing(int copies) {
      return holders.isEmpty() && trustedDenials >= copies;
    }

    boolean isDoubted(int copies) {
      return holders.isEmpty()
          && trustedDenials < copies
          && deniers.size() == candidates.ranked().size();
    }

    boolean isDecided(int copies) {
      return !holders.isEmpty() || isMissing(copies) || isDoubted(copies);
    }
  }

  /**
   * A call.
   *
   * @param suspects shards that are asked only where nobody else is left
   */
  public FindCall(Placement placement, Collection<? extends Item> blobs, Set<Endpoint> suspects) {
    this.placement = placement;
    for (Item blob : blobs) {
      inquiries.computeIfAbsent(
          blob, item -> new Inquiry(new Candidates(placement.candidates(item), suspects)));
    }
    open = inquiries.size();
  }

  @Override
  public List<ReplicaEffect> begin() {
    Rounds round = new Rounds();
    inquiries.forEach(
        (item, inquiry) -> {
          for (int i = 0; i < placement.copies(); i++) {
            askNext(item, inquiry, round);
          }
        });
    return round.effects(Find::new);
  }

  private static void askNext(Item item, Inquiry inquiry, Rounds round) {
    inquiry.candidates.next().ifPresent(shard -> round.add(shard, item));
  }

  @Override
  public List<ReplicaEffect> on(ReplicaEvent event) {
    return switch (event) {
      case Found found -> found(found);
      case Failed(Find(_, var items)) -> failed(items);
      case Late _ -> late();
      case Failed _, Done _, Looked _ -> List.of();
    };
  }

  private List<ReplicaEffect> found(Found found) {
    Rounds round = new Rounds();
    Map<Endpoint, Rounds> debts = new LinkedHashMap<>();
    for (Item item : found.asked()) {
      Inquiry inquiry = inquiry(item);
      inquiry.candidates.heard();
      if (found.missing().contains(item)) {
        inquiry.deniers.add(found.shard());
        inquiry.trustedDenials += found.complete() ? 1 : 0;
      } else {
        inquiry.holders.add(found.shard());
      }
      goOn(item, inquiry, round);
      repair(item, inquiry, found.shard(), debts);
    }
    List<ReplicaEffect> effects = new ArrayList<>(round.effects(Find::new));
    debts.forEach(
        (holder, byHome) ->
            effects.addAll(byHome.effects((home, items) -> new Owe(holder, home, items))));
    return effects;
  }

  /** Has a home that was just found to lack the blob, or all that did, get it from a holder. */
  private void repair(Item item, Inquiry inquiry, Endpoint heard, Map<Endpoint, Rounds> debts) {
    if (inquiry.holders.isEmpty() || inquiry.deniers.isEmpty()) {
      return;
    }
    boolean first = inquiry.holders.equals(List.of(heard));
    for (Endpoint home : inquiry.candidates.ranked().subList(0, placement.copies())) {
      if (inquiry.deniers.contains(home) && (first || home.equals(heard))) {
        debts.computeIfAbsent(inquiry.holders.getFirst(), _ -> new Rounds()).add(home, item);
      }
    }
  }

  private List<ReplicaEffect> failed(Set<Item> items) {
    Rounds round = new Rounds();
    for (Item item : items) {
      Inquiry inquiry = inquiry(item);
      inquiry.candidates.heard();
      goOn(item, inquiry, round);
    }
    return round.effects(Find::new);
  }

  private List<ReplicaEffect> late() {
    late = true;
    Rounds round = new Rounds();
    inquiries.forEach(
        (item, inquiry) -> {
          if (!inquiry.settled) {
            if (!inquiry.isDecided(placement.copies())) {
              askNext(item, inquiry, round);
            }
            settle(inquiry);
          }
        });
    return round.effects(Find::new);
  }

  private void goOn(Item item, Inquiry inquiry, Rounds round) {
    if (!inquiry.isDecided(placement.copies()) && !inquiry.candidates.isWaiting()) {
      askNext(item, inquiry, round);
    }
    settle(inquiry);
  }

  /** A decided one waits for the other home all the same, unless that is slow: it may need help. */
  private void settle(Inquiry inquiry) {
    boolean decided = inquiry.isDecided(placement.copies());
    boolean over =
        decided ? late || !inquiry.candidates.isWaiting() : inquiry.candidates.isExhausted();
    if (over && !inquiry.settled) {
      inquiry.settled = true;
      open--;
    }
  }

  private Inquiry inquiry(Item item) {
    return Objects.requireNonNull(inquiries.get(item));
  }

  @Override
  public boolean isOver() {
    return open == 0;
  }

  /** The blobs that are missing. */
  public Set<Item> missing() {
    return select(inquiry -> inquiry.isMissing(placement.copies()));
  }

  /**
   * The blobs that every candidate denied, at one time or another: a shard may have got one since
   * from one that has lost it since.
   */
  public Set<Item> doubted() {
    return select(inquiry -> inquiry.isDoubted(placement.copies()));
  }

  /** The blobs of which nobody knows whether they are there. */
  public Set<Item> unknown() {
    return select(inquiry -> !inquiry.isDecided(placement.copies()));
  }

  private Set<Item> select(Predicate<Inquiry> which) {
    Set<Item> selected = new LinkedHashSet<>();
    inquiries.forEach(
        (item, inquiry) -> {
          if (which.test(inquiry)) {
            selected.add(item);
          }
        });
    return selected;
  }
}
