package build.sparrow.frontend.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.reapi.ActionKey;
import build.sparrow.reapi.Digest;
import build.sparrow.reapi.DigestFunction;
import build.sparrow.reapi.InstanceName;
import build.sparrow.service.Endpoint;
import build.sparrow.service.GrpcChannels;
import build.sparrow.service.GrpcServer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
final class PeersTest {
  private final AtomicLong nanos = new AtomicLong();
  private GrpcServer other;
  private Peers peers;

  @BeforeEach
  void start() throws Exception {
    other = GrpcServer.builder(Endpoint.loopback(0)).build().start();
    peers = new Peers(Endpoint.loopback(1), GrpcChannels::connect, nanos::get);
    peers.list(Set.of(other.endpoint()));
    await(() -> peers.reachable() == 1);
  }

  @AfterEach
  void stop() {
    peers.close();
    other.close();
  }

  private static void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  private static ActionKey action(int salt) {
    return new ActionKey(
        InstanceName.ROOT, DigestFunction.SHA256, new Digest("%064x".formatted(salt), 1));
  }

  private Peers.Peer owner(ActionKey action) {
    return peers.owners(action).getFirst();
  }

  private ActionKey actionOf(boolean ours) {
    int salt = 0;
    while ((owner(action(salt)).channel() == null) != ours) {
      salt++;
    }
    return action(salt);
  }

  @Test
  void anExecutorMayRunWhatBelongedToAFrontendThatIsGone_forAWhile() {
    ActionKey theirs = actionOf(false);
    ActionKey ours = actionOf(true);
    assertThat(peers.mayRunFor(theirs)).isFalse();

    other.close();
    await(() -> peers.mayRunFor(theirs));
    assertThat(peers.mayRunFor(ours)).isFalse();
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(peers.mayRunFor(theirs)).isFalse();
  }

  @Test
  void anExecutorMayRunWhatBelongsToAFrontendThatSendsAway_whileItsConnectionLasts() {
    ActionKey theirs = actionOf(false);
    ActionKey ours = actionOf(true);

    peers.sentAway(owner(theirs));

    assertThat(peers.reachable()).isEqualTo(1);
    assertThat(peers.mayRunFor(theirs)).isTrue();
    assertThat(peers.mayRunFor(ours)).isFalse();
  }
}
