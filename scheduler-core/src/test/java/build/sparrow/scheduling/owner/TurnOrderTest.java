package build.sparrow.scheduling.owner;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.scheduling.ActionId;
import build.sparrow.scheduling.AttemptId;
import build.sparrow.scheduling.AttemptProgress;
import build.sparrow.scheduling.Ending;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Label;
import build.sparrow.scheduling.OperationId;
import build.sparrow.scheduling.Origin;
import build.sparrow.scheduling.Phase;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;
import build.sparrow.scheduling.Resources;
import build.sparrow.scheduling.WatcherId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TurnOrderTest {
  private static final ExecutorId EXECUTOR = new ExecutorId("x", "i");

  private final DrivenOwner owner = new DrivenOwner();
  private long watchers = 1_000;

  private void join(int slots) {
    owner.on(
        new OwnerEvent.ExecutorJoined(
            EXECUTOR, "linux", DrivenOwner.LINUX, "Full", slots, false, List.of()));
  }

  private void submit(String name, int priority, Origin origin) {
    owner.on(
        new OwnerEvent.Submit(
            new WatcherId(watchers++),
            new OperationId(name),
            new ActionId("action of " + name),
            Platform.ANY,
            priority,
            true,
            origin,
            false));
  }

  private static Origin of(String tenant, String invocation) {
    return new Origin(tenant, invocation, "CppCompile", "//a:b");
  }

  private static Origin kind(String mnemonic) {
    return new Origin("tenant", "build", mnemonic, "");
  }

  private List<OfferedAttempt> pull(int slots) {
    return owner.on(new OwnerEvent.Pulled(EXECUTOR, Resources.slots(slots))).stream()
        .filter(OwnerEffect.SendPullReply.class::isInstance)
        .map(OwnerEffect.SendPullReply.class::cast)
        .flatMap(reply -> reply.offers().stream())
        .toList();
  }

  private List<String> pulled(int slots) {
    return pull(slots).stream().map(offer -> offer.operation().value()).toList();
  }

  /** Runs one action that takes so long, so that those like it are known. */
  private void run(String name, Origin origin, Duration duration) {
    submit(name, 0, origin);
    AttemptId attempt = pull(1).getFirst().attempt();
    owner.on(new OwnerEvent.Accepted(EXECUTOR, attempt));
    owner.on(
        new OwnerEvent.Progressed(
            EXECUTOR, List.of(new AttemptProgress(attempt, Phase.EXECUTING))));
    // Its executor says each second that it is there.
    for (long second = 0; second < duration.toSeconds(); second++) {
      owner.advance(Duration.ofSeconds(1));
      owner.on(new OwnerEvent.Progressed(EXECUTOR, List.of()));
    }
    owner.on(new OwnerEvent.Finished(EXECUTOR, attempt, Ending.DECIDED));
    owner.on(new OwnerEvent.Concluded(new OperationId(name)));
  }

  @Test
  void shortActionsComeFirst_onceTheirKindIsKnown() {
    join(1);
    for (int each = 0; each < 3; each++) {
      run("slow" + each, kind("Slow"), Duration.ofSeconds(5));
      run("quick" + each, kind("Quick"), Duration.ZERO);
    }
    submit("slow", 0, kind("Slow"));
    submit("quick", 0, kind("Quick"));

    List<String> order = pulled(2);

    assertThat(order).containsExactly("quick");
    assertThat(pulled(1)).containsExactly("slow");
  }

  @Test
  void aLongActionIsNotOvertakenForEver_whenShortOnesKeepComing() {
    join(1);
    for (int each = 0; each < 3; each++) {
      run("slow" + each, kind("Slow"), Duration.ofSeconds(5));
      run("quick" + each, kind("Quick"), Duration.ZERO);
    }
    submit("slow", 0, kind("Slow"));
    for (int second = 0; second < 30; second++) {
      owner.advance(Duration.ofSeconds(1));
      owner.on(new OwnerEvent.Progressed(EXECUTOR, List.of()));
    }
    submit("quick", 0, kind("Quick"));

    assertThat(pulled(1)).containsExactly("slow");
  }

  @Test
  void tenantsTakeTurns_whateverPrioritiesOneOfThemAsksFor() {
    join(4);
    for (int each = 0; each < 10; each++) {
      submit("flood" + each, -1_000_000, of("loud", "build"));
    }
    submit("quiet0", 0, of("quiet", "build"));
    submit("quiet1", 0, of("quiet", "build"));

    assertThat(pulled(4)).containsExactlyInAnyOrder("flood0", "quiet0", "flood1", "quiet1");
  }

  @Test
  void tenantsGetWhatTheyWeigh() {
    DrivenOwner weighed = weighing(PropertyRules.EXACT, Map.of("heavy", 3));
    for (int each = 0; each < 20; each++) {
      submit(weighed, "heavy" + each, Platform.ANY, of("heavy", "build"));
      submit(weighed, "light" + each, Platform.ANY, of("light", "build"));
    }

    List<OfferedAttempt> offers = DrivenOwner.offers(weighed.pull(EXECUTOR, 16));

    assertThat(offers)
        .filteredOn(offer -> offer.operation().value().startsWith("heavy"))
        .hasSize(12);
  }

  @Test
  void tenantsShareProcessors_notActions() {
    PropertyRules counting =
        new PropertyRules(Map.of("cpu", PropertyMatch.MINIMUM), Map.of("cpu", 1_000L));
    DrivenOwner weighed = weighing(counting, Map.of());
    for (int each = 0; each < 20; each++) {
      submit(weighed, "wide" + each, CPUS_4, of("wide", "build"));
      submit(weighed, "narrow" + each, Platform.ANY, of("narrow", "build"));
    }

    List<OfferedAttempt> offers =
        DrivenOwner.offers(
            weighed.on(new OwnerEvent.Pulled(EXECUTOR, new Resources(16, Map.of("cpu", 16_000L)))));

    assertThat(offers).filteredOn(offer -> offer.operation().value().startsWith("wide")).hasSize(2);
    assertThat(offers).hasSize(10);
  }

  private static final Platform CPUS_4 = Platform.of(new Label("cpu", "4"));

  private static DrivenOwner weighing(PropertyRules rules, Map<String, Integer> weights) {
    Platform sixteen = Platform.of(new Label("cpu", "16"));
    DrivenOwner owner =
        new DrivenOwner(
            new OwnerConfig(
                DrivenOwner.EPOCH,
                List.of(PoolDeclaration.of("linux", sixteen)),
                rules,
                weights,
                OwnerConfig.DEFAULT_MAX_QUEUED_ACTIONS,
                LossBudgets.DEFAULT,
                OwnerTimes.DEFAULT));
    owner.hello(EXECUTOR, "linux", sixteen, 16);
    return owner;
  }

  private void submit(DrivenOwner to, String name, Platform platform, Origin origin) {
    to.on(
        new OwnerEvent.Submit(
            new WatcherId(watchers++),
            new OperationId(name),
            new ActionId("action of " + name),
            platform,
            0,
            true,
            origin,
            false));
  }

  @Test
  void anInvocationThatHasFarMoreThanItsPartStandsBack() {
    join(40);
    // Eight builds; the first of them gets all slots while it is alone.
    for (int each = 0; each < 60; each++) {
      submit("big" + each, 0, of("tenant", "big"));
    }
    assertThat(pulled(32)).hasSize(32);
    for (int build = 0; build < 7; build++) {
      submit("small" + build, 0, of("tenant", "small" + build));
    }

    List<String> next = new ArrayList<>(pulled(8));

    assertThat(next).filteredOn(name -> name.startsWith("small")).hasSize(7);
  }

  @Test
  void sharesAreForgottenWithTheirActions() {
    Shares shares = new Shares(Map.of());
    Share share = shares.join(of("tenant", "build"));

    shares.leave(share);

    assertThat(shares.join(of("tenant", "build"))).isNotSameAs(share);
  }
}
