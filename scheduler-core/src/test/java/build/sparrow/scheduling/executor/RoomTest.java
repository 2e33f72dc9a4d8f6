package build.sparrow.scheduling.executor;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.executor.ExecutorEffect.SendPull;
import build.sparrow.scheduling.executor.ExecutorEffect.SendReject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An executor admits what it has room for, and keeps what it was asked to keep. */
final class RoomTest {
  private static final FrontendId F = new FrontendId("f");
  private static final FrontendId G = new FrontendId("g");

  private final ExecutorScheduler executor = new ExecutorScheduler(ExecutorConfig.of(4));

  RoomTest() {
    for (FrontendId frontend : List.of(F, G)) {
      on(new ExecutorEvent.Connected(frontend));
      on(new ExecutorEvent.Welcomed(frontend, "epoch-" + frontend, Map.of("cpu", 4_000L)));
    }
  }

  private List<ExecutorEffect> on(ExecutorEvent event) {
    return executor.on(event, 1);
  }

  private static Resources room(int slots, int cpus) {
    return new Resources(slots, Map.of("cpu", 1_000L * cpus));
  }

  private static AttemptId attempt(FrontendId frontend, int number) {
    return new AttemptId("epoch-" + frontend, number);
  }

  private List<ExecutorEffect> offer(FrontendId frontend, int number, int cpus) {
    return on(
        new ExecutorEvent.OfferReceived(
            frontend,
            new Offered(
                attempt(frontend, number), new ActionId("a" + number), room(1, cpus), false)));
  }

  private List<ExecutorEffect> end(FrontendId frontend, int number) {
    return on(new ExecutorEvent.Ended(attempt(frontend, number), Ending.DECIDED));
  }

  @Test
  void countsWhatTheFarmCountsOfIt() {
    assertThat(executor.snapshot().free()).isEqualTo(room(4, 4));
  }

  @Test
  void admitsNoMoreThanThereIsRoomFor() {
    offer(F, 1, 3);

    assertThat(offer(F, 2, 2)).contains(new SendReject(F, attempt(F, 2), room(3, 1)));
    assertThat(offer(F, 3, 1)).contains(new ExecutorEffect.Start(attempt(F, 3)));
  }

  @Test
  void pullsOnceThereIsTheRoomThatAnActionWaitsFor() {
    offer(F, 1, 1);
    offer(F, 2, 1);
    assertThat(on(new ExecutorEvent.RoomWanted(F, room(1, 4)))).isEmpty();

    assertThat(end(F, 1)).doesNotHaveAnyElementsOfTypes(SendPull.class);
    assertThat(end(F, 2)).contains(new SendPull(F, room(4, 4)));
  }

  @Test
  void keptRoomIsForNobodyElse() {
    offer(F, 1, 2);
    on(new ExecutorEvent.RoomWanted(F, room(1, 4)));

    assertThat(offer(G, 1, 1)).contains(new SendReject(G, attempt(G, 1), Resources.slots(2)));
    assertThat(offer(G, 2, 0)).contains(new ExecutorEffect.Start(attempt(G, 2)));
  }

  @Test
  void whatAnActionDoesNotNeedIsAskedForElsewhere() {
    offer(F, 1, 2);
    on(new ExecutorEvent.RoomWanted(F, room(1, 3)));

    assertThat(on(new ExecutorEvent.Reserved(G, 1, 0)))
        .contains(new SendPull(G, Resources.slots(2)));
  }

  @Test
  void roomThatNobodyWaitsForAnyMoreIsForAll() {
    offer(F, 1, 2);
    on(new ExecutorEvent.RoomWanted(F, room(1, 4)));

    on(new ExecutorEvent.RoomWanted(F, Resources.NONE));

    assertThat(offer(G, 1, 2)).contains(new ExecutorEffect.Start(attempt(G, 1)));
  }

  @Test
  void whoHasWaitedLongestForRoomComesFirst() {
    offer(F, 1, 1);
    executor.on(new ExecutorEvent.RoomWanted(G, room(1, 4)), 2);
    executor.on(new ExecutorEvent.RoomWanted(F, room(1, 4)), 3);

    assertThat(executor.on(new ExecutorEvent.Ended(attempt(F, 1), Ending.DECIDED), 4))
        .contains(new SendPull(G, room(4, 4)));
  }

  @Test
  void aStreamThatEndsTakesItsWishesWithIt() {
    offer(F, 1, 2);
    on(new ExecutorEvent.RoomWanted(F, room(1, 4)));

    on(new ExecutorEvent.Disconnected(F));

    assertThat(offer(G, 1, 2)).contains(new ExecutorEffect.Start(attempt(G, 1)));
  }
}
