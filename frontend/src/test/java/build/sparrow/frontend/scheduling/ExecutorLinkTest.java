package build.sparrow.frontend.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.v1.ActionEnvelope;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Offer;
import build.sparrow.scheduling.v1.Reserve;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExecutorLinkTest {
  private static final ExecutorId EXECUTOR = new ExecutorId("slow", "1");

  private final RecordingStream stream = new RecordingStream();
  private final ExecutorLink link = new ExecutorLink(EXECUTOR, stream);

  private static FrontendMessage reserve(int count) {
    return FrontendMessage.newBuilder().setReserve(Reserve.newBuilder().setCount(count)).build();
  }

  private static FrontendMessage offer(int bytes) {
    return FrontendMessage.newBuilder()
        .setOffer(
            Offer.newBuilder()
                .setAction(ActionEnvelope.newBuilder().setOperation("x".repeat(bytes))))
        .build();
  }

  @Test
  void messagesKeepTheirOrder_whenTheStreamStallsAndGoesOn() {
    link.send(reserve(1));
    stream.ready = false;
    link.send(reserve(2));
    link.send(reserve(3));
    stream.ready = true;
    link.send(reserve(4));

    assertThat(stream.messages).containsExactly(reserve(1));
    link.drain();

    assertThat(stream.messages).containsExactly(reserve(1), reserve(2), reserve(3), reserve(4));
  }

  @Test
  void executorThatDoesNotReadIsCutOffBeforeMemoryFills() {
    stream.ready = false;
    int sent = 0;
    while (link.send(offer(1 << 20))) {
      sent++;
    }

    assertThat(sent).isEqualTo(15);
    assertThat(stream.failure)
        .satisfies(
            why -> {
              assertThat(Status.fromThrowable(why).getCode())
                  .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
              assertThat(why).hasMessageContaining("slow does not read");
            });
    assertThat(link.send(reserve(1))).isFalse();
  }

  @Test
  void closedLinkIsClosedOnce() {
    link.close(ReapiStatus.unavailable("one"));
    link.close(ReapiStatus.unavailable("two"));
    link.send(reserve(1));
    link.drain();

    assertThat(stream.failure).hasMessageContaining("one");
    assertThat(stream.messages).isEmpty();
  }

  @Test
  void pullReplyThatIsTooLargeGoesInParts() {
    ExecutorLinks links = new ExecutorLinks(_ -> {});
    links.open(link);
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      offers.add(offer(2_000_000).getOffer());
    }

    links.pullReply(EXECUTOR, offers, 5_000);

    assertThat(stream.messages).hasSize(2);
    assertThat(stream.messages.getFirst().getPullReply().getOffersCount()).isEqualTo(2);
    assertThat(stream.messages.getFirst().getPullReply().getOverdueMicros()).isEqualTo(5);
    assertThat(stream.messages.getLast().getOffer()).isEqualTo(offers.getLast());
  }

  @Test
  void schedulerHearsOfAnExecutorThatWasCutOff() {
    List<ExecutorId> broken = new ArrayList<>();
    ExecutorLinks links = new ExecutorLinks(broken::add);
    links.open(link);
    stream.ready = false;

    for (int i = 0; i < 20; i++) {
      links.offer(EXECUTOR, offer(1 << 20).getOffer());
    }

    assertThat(broken).containsExactly(EXECUTOR);
    assertThat(links.isCurrent(link)).isFalse();
  }
}
