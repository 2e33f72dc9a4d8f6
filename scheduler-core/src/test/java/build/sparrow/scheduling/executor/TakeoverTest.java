package build.sparrow.scheduling.executor;

import static build.sparrow.scheduling.executor.DrivenExecutor.F;
import static build.sparrow.scheduling.executor.DrivenExecutor.G;
import static build.sparrow.scheduling.executor.DrivenExecutor.action;
import static build.sparrow.scheduling.executor.DrivenExecutor.attempt;
import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.FrontendId;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Rendezvous;
import build.sparrow.scheduling.executor.ExecutorEffect.Forget;
import build.sparrow.scheduling.executor.ExecutorEffect.SendAnnounce;
import build.sparrow.scheduling.executor.ExecutorEffect.SendDone;
import build.sparrow.scheduling.executor.ExecutorEffect.SendHello;
import build.sparrow.scheduling.executor.ExecutorEffect.SendProgress;
import build.sparrow.scheduling.executor.ExecutorEffect.Stop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a frontend began that is away goes on for another one. */
final class TakeoverTest {
  private static final Duration PATIENCE = ExecutorTimes.DEFAULT.takeover();
  private static final FrontendId H = new FrontendId("h");

  private final DrivenExecutor executor = new DrivenExecutor(4);

  private static AttemptProgress progress(long counter, Phase phase) {
    return new AttemptProgress(attempt(counter), phase);
  }

  @Test
  void whatAFrontendBeganIsAnnouncedToAnother_onceItIsAwayForASecond() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));

    assertThat(executor.advance(PATIENCE.minusMillis(1)))
        .noneMatch(effect -> effect instanceof SendAnnounce);
    assertThat(executor.advance(Duration.ofMillis(1)))
        .contains(new SendAnnounce(G, List.of(progress(1, Phase.FETCHING))));
    assertThat(executor.on(new ExecutorEvent.PhaseReached(attempt(1), Phase.EXECUTING)))
        .containsExactly(new SendProgress(G, List.of(progress(1, Phase.EXECUTING))));
    assertThat(executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED)))
        .contains(new SendDone(G, attempt(1), Ending.DECIDED));
    assertThat(executor.on(new ExecutorEvent.Acknowledged(G, attempt(1))))
        .contains(new Forget(attempt(1)));
  }

  @Test
  void aResultThatNobodyHasGoesWithIt() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.on(new ExecutorEvent.Ended(attempt(1), Ending.DECIDED));

    assertThat(executor.advance(PATIENCE))
        .containsSubsequence(
            new SendAnnounce(G, List.of(progress(1, Phase.REPORTED))),
            new SendDone(G, attempt(1), Ending.DECIDED));
  }

  @Test
  void aFrontendThatIsBackInTimeKeepsWhatItBegan() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.advance(PATIENCE.minusMillis(1));

    assertThat(executor.connect(F))
        .contains(new SendHello(F, List.of(progress(1, Phase.FETCHING)), false));
    assertThat(executor.advance(PATIENCE.multipliedBy(3)))
        .noneMatch(effect -> effect instanceof SendAnnounce);
  }

  @Test
  void aFrontendThatIsBackTooLateIsToldNothingOfIt_andHasNothingToSay() {
    executor.connect(F);
    executor.connect(G);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));
    executor.advance(PATIENCE);

    assertThat(executor.connect(F)).contains(new SendHello(F, List.of(), false));
    assertThat(executor.on(new ExecutorEvent.KillReceived(F, attempt(1)))).isEmpty();
    assertThat(executor.on(new ExecutorEvent.KillReceived(G, attempt(1))))
        .contains(new Stop(attempt(1)));
  }

  @Test
  void withNobodyToTellItWaits() {
    executor.connect(F);
    executor.offer(F, attempt(1));
    executor.on(new ExecutorEvent.Disconnected(F));

    assertThat(executor.advance(PATIENCE.multipliedBy(3)))
        .noneMatch(effect -> effect instanceof SendAnnounce);
    assertThat(executor.connect(G))
        .contains(new SendAnnounce(G, List.of(progress(1, Phase.FETCHING))));
  }

  @Test
  void eachAttemptGoesToTheFrontendThatIsNextForItsAction() {
    executor.connect(F);
    executor.connect(G);
    executor.connect(H);
    for (long counter = 1; counter <= 4; counter++) {
      executor.offer(F, attempt(counter));
    }
    executor.on(new ExecutorEvent.Disconnected(F));

    List<ExecutorEffect> effects = executor.advance(PATIENCE);

    for (long counter = 1; counter <= 4; counter++) {
      AttemptProgress held = progress(counter, Phase.FETCHING);
      FrontendId heir =
          Rendezvous.weight(G, action(attempt(counter)))
                  > Rendezvous.weight(H, action(attempt(counter)))
              ? G
              : H;
      assertThat(effects)
          .anyMatch(
              effect ->
                  effect instanceof SendAnnounce announce
                      && announce.frontend().equals(heir)
                      && announce.held().contains(held));
    }
  }
}
