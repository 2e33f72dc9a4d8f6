package build.sparrow.cas.replica.call;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.cas.BlobScope;
import build.sparrow.cas.replica.call.ReplicaEffect.Find;
import build.sparrow.cas.replica.call.ReplicaEffect.LookUp;
import build.sparrow.cas.replica.call.ReplicaEffect.Owe;
import build.sparrow.cas.replica.call.ReplicaEffect.Read;
import build.sparrow.cas.replica.call.ReplicaEffect.Store;
import build.sparrow.cas.replica.call.ReplicaEvent.Done;
import build.sparrow.cas.replica.call.ReplicaEvent.Failed;
import build.sparrow.cas.replica.call.ReplicaEvent.Found;
import build.sparrow.cas.replica.call.ReplicaEvent.Late;
import build.sparrow.cas.replica.call.ReplicaEvent.Looked;
import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallTest {
  private static final Placement PLACEMENT =
      new Placement(List.of(new Endpoint("a", 1), new Endpoint("b", 1), new Endpoint("c", 1)), 2);
  private static final Digest DIGEST = DigestFunction.SHA256.digestOf(new byte[] {1});
  private static final Item BLOB =
      new Item.Blob(new BlobScope(InstanceName.ROOT, DigestFunction.SHA256), DIGEST);
  private static final Item.Result RESULT =
      new Item.Result(new ActionKey(InstanceName.ROOT, DigestFunction.SHA256, DIGEST));
  private static final Endpoint FIRST = PLACEMENT.candidates(BLOB).get(0);
  private static final Endpoint SECOND = PLACEMENT.candidates(BLOB).get(1);
  private static final Endpoint DEPUTY = PLACEMENT.candidates(BLOB).get(2);
  private static final Set<Item> ITEMS = Set.of(BLOB);
  private static final Set<Item> NONE = Set.of();
  private static final Set<Endpoint> NOBODY = Set.of();

  private final FindCall find = new FindCall(PLACEMENT, ITEMS, NOBODY);
  private final WriteCall write = new WriteCall(PLACEMENT, ITEMS, NOBODY);
  private final ReadCall read = new ReadCall(PLACEMENT, ITEMS, NOBODY);
  private final LookUpCall lookUp = new LookUpCall(PLACEMENT, RESULT, NOBODY);

  private static Found holds(Endpoint shard) {
    return new Found(shard, ITEMS, NONE, true);
  }

  private static Found denies(Endpoint shard) {
    return new Found(shard, ITEMS, ITEMS, true);
  }

  private static Found deniesNew(Endpoint shard) {
    return new Found(shard, ITEMS, ITEMS, false);
  }

  private static Failed failed(ReplicaEffect effect) {
    return new Failed(effect);
  }

  @Test
  void aBlobIsMissingIfBothHomesDenyIt() {
    assertThat(find.begin()).containsExactly(new Find(FIRST, ITEMS), new Find(SECOND, ITEMS));

    assertThat(find.on(denies(FIRST))).isEmpty();
    assertThat(find.isOver()).isFalse();
    assertThat(find.on(denies(SECOND))).isEmpty();

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).containsExactly(BLOB);
    assertThat(find.unknown()).isEmpty();
  }

  @Test
  void aHomeThatLacksABlobIsOwedItByTheOther() {
    find.begin();

    find.on(denies(FIRST));
    assertThat(find.on(holds(SECOND))).containsExactly(new Owe(SECOND, FIRST, ITEMS));

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).isEmpty();
  }

  @Test
  void oneHomeAloneIsNotBelieved_theDeputyIsAsked() {
    find.begin();

    find.on(denies(FIRST));
    assertThat(find.on(failed(new Find(SECOND, ITEMS)))).containsExactly(new Find(DEPUTY, ITEMS));
    assertThat(find.isOver()).isFalse();
    find.on(denies(DEPUTY));

    assertThat(find.missing()).containsExactly(BLOB);
  }

  @Test
  void aShardThatIsNewIsNotBelieved() {
    find.begin();

    find.on(deniesNew(FIRST));
    find.on(failed(new Find(SECOND, ITEMS)));
    find.on(denies(DEPUTY));

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).isEmpty();
    assertThat(find.unknown()).containsExactly(BLOB);
  }

  @Test
  void whatAllCandidatesDenyIsDoubted_newAsTheyMayBe() {
    find.begin();

    find.on(deniesNew(FIRST));
    assertThat(find.on(deniesNew(SECOND))).containsExactly(new Find(DEPUTY, ITEMS));
    find.on(deniesNew(DEPUTY));

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).isEmpty();
    assertThat(find.doubted()).containsExactly(BLOB);
    assertThat(find.unknown()).isEmpty();
  }

  @Test
  void nobodyKnowsWhenNobodyAnswers() {
    find.begin();

    find.on(failed(new Find(FIRST, ITEMS)));
    find.on(failed(new Find(SECOND, ITEMS)));
    find.on(failed(new Find(DEPUTY, ITEMS)));

    assertThat(find.isOver()).isTrue();
    assertThat(find.unknown()).containsExactly(BLOB);
  }

  @Test
  void aSlowHomeIsNotWaitedForIfTheOtherHoldsTheBlob() {
    find.begin();

    find.on(holds(FIRST));
    assertThat(find.isOver()).isFalse();
    assertThat(find.on(new Late())).isEmpty();

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).isEmpty();
  }

  @Test
  void insteadOfASlowHomeTheDeputyIsAsked() {
    find.begin();

    find.on(denies(FIRST));
    assertThat(find.on(new Late())).containsExactly(new Find(DEPUTY, ITEMS));
    find.on(denies(DEPUTY));

    assertThat(find.isOver()).isTrue();
    assertThat(find.missing()).containsExactly(BLOB);
  }

  @Test
  void suspectsAreAskedLast() {
    FindCall call = new FindCall(PLACEMENT, ITEMS, Set.of(FIRST));

    assertThat(call.begin()).containsExactly(new Find(SECOND, ITEMS), new Find(DEPUTY, ITEMS));
    call.on(denies(SECOND));
    assertThat(call.on(deniesNew(DEPUTY))).containsExactly(new Find(FIRST, ITEMS));
    call.on(holds(FIRST));

    assertThat(call.missing()).isEmpty();
    assertThat(call.unknown()).isEmpty();
  }

  @Test
  void anItemIsWrittenWhenBothHomesHaveTakenIt() {
    assertThat(write.begin()).containsExactly(new Store(FIRST, ITEMS), new Store(SECOND, ITEMS));

    write.on(new Done(new Store(FIRST, ITEMS)));
    assertThat(write.isOver()).isFalse();
    assertThat(write.on(new Done(new Store(SECOND, ITEMS)))).isEmpty();

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void aHomeThatIsAwayIsOwedTheItemByTheDeputy_beforeTheWriteIsAcknowledged() {
    Owe debt = new Owe(DEPUTY, FIRST, ITEMS);
    write.begin();

    write.on(new Done(new Store(SECOND, ITEMS)));
    assertThat(write.on(failed(new Store(FIRST, ITEMS)))).containsExactly(new Store(DEPUTY, ITEMS));
    assertThat(write.on(new Done(new Store(DEPUTY, ITEMS)))).containsExactly(debt);
    assertThat(write.isOver()).isFalse();
    write.on(new Done(debt));

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void theOtherTakerOwesIfTheDeputyDoesNot() {
    write.begin();
    write.on(failed(new Store(FIRST, ITEMS)));
    write.on(new Done(new Store(SECOND, ITEMS)));
    write.on(new Done(new Store(DEPUTY, ITEMS)));

    assertThat(write.on(failed(new Owe(DEPUTY, FIRST, ITEMS))))
        .containsExactly(new Owe(SECOND, FIRST, ITEMS));
    write.on(failed(new Owe(SECOND, FIRST, ITEMS)));

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).containsExactly(BLOB);
  }

  @Test
  void oneTakerIsNotEnough() {
    write.begin();

    write.on(new Done(new Store(FIRST, ITEMS)));
    write.on(failed(new Store(SECOND, ITEMS)));
    write.on(failed(new Store(DEPUTY, ITEMS)));

    assertThat(write.isOver()).isTrue();
    assertThat(write.unwritten()).containsExactly(BLOB);
  }

  @Test
  void aHomeThatTakesTheItemLateIsOwedNothing() {
    write.begin();
    write.on(new Done(new Store(SECOND, ITEMS)));

    assertThat(write.on(new Late())).containsExactly(new Store(DEPUTY, ITEMS));
    assertThat(write.on(new Done(new Store(FIRST, ITEMS)))).isEmpty();

    assertThat(write.isOver()).isTrue();
    assertThat(write.on(new Done(new Store(DEPUTY, ITEMS)))).isEmpty();
    assertThat(write.unwritten()).isEmpty();
  }

  @Test
  void aReadGoesOnToTheNextHome_whenTheFirstLacksTheBlobOrIsAway() {
    assertThat(read.begin()).containsExactly(new Read(FIRST, ITEMS));

    assertThat(read.on(denies(FIRST))).containsExactly(new Read(SECOND, ITEMS));
    assertThat(read.on(failed(new Read(SECOND, ITEMS)))).containsExactly(new Read(DEPUTY, ITEMS));
    assertThat(read.on(holds(DEPUTY))).isEmpty();

    assertThat(read.isOver()).isTrue();
    assertThat(read.unread()).isEmpty();
  }

  @Test
  void aReadIsHedged_andTheFirstAnswerCounts() {
    read.begin();

    assertThat(read.on(new Late())).containsExactly(new Read(SECOND, ITEMS));
    assertThat(read.on(holds(SECOND))).isEmpty();
    assertThat(read.isOver()).isTrue();

    assertThat(read.on(denies(FIRST))).isEmpty();
    assertThat(read.unread()).isEmpty();
  }

  @Test
  void whatNobodyGivesIsUnread() {
    read.begin();

    read.on(denies(FIRST));
    read.on(denies(SECOND));
    read.on(failed(new Read(DEPUTY, ITEMS)));

    assertThat(read.isOver()).isTrue();
    assertThat(read.unread()).containsExactly(BLOB);
  }

  @Test
  void theNewestResultCounts_andTheHomeThatLacksItIsOwedIt() {
    Stamp old = new Stamp(1, 9);
    Stamp newer = new Stamp(2, 1);
    assertThat(lookUp.begin())
        .containsExactly(new LookUp(FIRST, Set.of(RESULT)), new LookUp(SECOND, Set.of(RESULT)));

    lookUp.on(new Looked(FIRST, Optional.of(old), true));
    assertThat(lookUp.isOver()).isFalse();
    assertThat(lookUp.on(new Looked(SECOND, Optional.of(newer), true)))
        .containsExactly(new Owe(SECOND, FIRST, Set.of(RESULT)));

    assertThat(lookUp.isOver()).isTrue();
    assertThat(lookUp.newest()).contains(SECOND);
  }

  @Test
  void nobodyKnowsOfAResult_whenOneHomeDeniesItAndNobodyElseAnswers() {
    lookUp.begin();

    lookUp.on(new Looked(FIRST, Optional.empty(), true));
    assertThat(lookUp.on(failed(new LookUp(SECOND, Set.of(RESULT)))))
        .containsExactly(new LookUp(DEPUTY, Set.of(RESULT)));
    lookUp.on(failed(new LookUp(DEPUTY, Set.of(RESULT))));

    assertThat(lookUp.isOver()).isTrue();
    assertThat(lookUp.isUnknown()).isTrue();
  }

  @Test
  void aResultOfOneHomeIsEnough_whenNobodyElseAnswers() {
    lookUp.begin();

    lookUp.on(new Looked(FIRST, Optional.of(Stamp.NONE), true));
    lookUp.on(failed(new LookUp(SECOND, Set.of(RESULT))));
    lookUp.on(failed(new LookUp(DEPUTY, Set.of(RESULT))));

    assertThat(lookUp.newest()).contains(FIRST);
    assertThat(lookUp.isUnknown()).isFalse();
  }
}
