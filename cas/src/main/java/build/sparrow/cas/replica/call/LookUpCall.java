package build.sparrow.cas.replica.call;

import build.sparrow.cas.replica.call.ReplicaEffect.LookUp;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.service.Endpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks up the result of an action: the newest that its homes hold, or if one of them does not
 * answer its deputy. There is none if as many deny it as acknowledge a write, all of whose word
 * counts, or if every candidate does. A home that lacks the newest is owed it from then on.
 */
public final class LookUpCall implements ReplicaCall {
  private final Placement placement;
  private final Set<Item> item;
  private final Candidates candidates;
  private final Map<Endpoint, Optional<Stamp>> answers = new LinkedHashMap<>();
  private int trusted;
  private boolean late;
  private boolean over;

  /**
   * A call.
   *
   * @param suspects shards that are asked only where nobody else is left
   */
  public LookUpCall(Placement placement, Item.Result result, Set<Endpoint> suspects) {
    this.placement = placement;
    this.item = Set.of(result);
    this.candidates = new Candidates(placement.candidates(result), suspects);
  }

  @Override
  public List<ReplicaEffect> begin() {
    List<ReplicaEffect> effects = new ArrayList<>();
    for (int i = 0; i < placement.copies(); i++) {
      askNext(effects);
    }
    return effects;
  }

  private void askNext(List<ReplicaEffect> effects) {
    candidates.next().ifPresent(shard -> effects.add(new LookUp(shard, item)));
  }

  @Override
  public List<ReplicaEffect> on(ReplicaEvent event) {
    List<ReplicaEffect> effects = new ArrayList<>();
    switch (event) {
      case Looked(var shard, var stamp, var complete) -> {
        candidates.heard();
        answers.put(shard, stamp);
        trusted += complete ? 1 : 0;
        goOn(effects, false);
      }
      case Failed(LookUp _) -> {
        candidates.heard();
        goOn(effects, false);
      }
      case Late _ -> {
        late = true;
        goOn(effects, true);
      }
      case Failed _, Done _, Found _ -> {}
    }
    return effects;
  }

  private void goOn(List<ReplicaEffect> effects, boolean askAnother) {
    if (over) {
      return;
    }
    // Whether it is a hit or not, a second word may be newer than the first.
    boolean enough = trusted >= placement.copies() || answers.size() == candidates.ranked().size();
    if (!enough && (askAnother || !candidates.isWaiting())) {
      askNext(effects);
    }
    if (enough || candidates.isExhausted() || (late && newest().isPresent())) {
      over = true;
      repair(effects);
    }
  }

  private void repair(List<ReplicaEffect> effects) {
    Optional<Endpoint> holder = newest();
    if (holder.isEmpty()) {
      return;
    }
    for (Endpoint home : candidates.ranked().subList(0, placement.copies())) {
      if (answers.containsKey(home) && !answers.get(home).equals(answers.get(holder.get()))) {
        effects.add(new Owe(holder.get(), home, item));
      }
    }
  }

  @Override
  public boolean isOver() {
    return over;
  }

  /** Who gave the newest result; empty if nobody gave one. */
  public Optional<Endpoint> newest() {
    Optional<Endpoint> newest = Optional.empty();
    Stamp best = Stamp.NONE;
    for (Map.Entry<Endpoint, Optional<Stamp>> answer : answers.entrySet()) {
      Optional<Stamp> stamp = answer.getValue();
      if (stamp.isPresent() && (newest.isEmpty() || stamp.get().compareTo(best) > 0)) {
        newest = Optional.of(answer.getKey());
        best = stamp.get();
      }
    }
    return newest;
  }

  /** Whether nobody knows if there is a result. */
  public boolean isUnknown() {
    return newest().isEmpty()
        && trusted < placement.copies()
        && answers.size() < candidates.ranked().size();
  }
}
