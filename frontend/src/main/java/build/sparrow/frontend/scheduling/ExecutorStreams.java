package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.v1.ExecutorMessage;
import build.sparrow.scheduling.v1.FrontendMessage;
import build.sparrow.scheduling.v1.Hello;
import build.sparrow.scheduling.v1.SchedulingGrpc;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service that executors call. One message of an executor is taken at a time: the next is asked
 * for when the loop has room for it, so a busy loop slows executors down instead of filling memory.
 */
public final class ExecutorStreams extends SchedulingGrpc.SchedulingImplBase {
  private static final Logger log = LoggerFactory.getLogger(ExecutorStreams.class);

  private final HelloRules rules;
  private final Scheduling loop;
  private final Dispatcher dispatcher;

  /** Takes the pools that executors may belong to. */
  public ExecutorStreams(List<PoolDeclaration> pools, Scheduling loop, Dispatcher dispatcher) {
    this.rules = new HelloRules(pools);
    this.loop = loop;
    this.dispatcher = dispatcher;
  }

  @Override
  public StreamObserver<ExecutorMessage> connect(StreamObserver<FrontendMessage> responses) {
    Session session = new Session((ServerCallStreamObserver<FrontendMessage>) responses);
    session.begin();
    return session;
  }

  /** One executor's stream, from its Hello to its end. */
  private final class Session implements StreamObserver<ExecutorMessage> {
    private final ServerCallStreamObserver<FrontendMessage> responses;
    private volatile @Nullable ExecutorLink link;

    Session(ServerCallStreamObserver<FrontendMessage> responses) {
      this.responses = responses;
    }

    void begin() {
      responses.disableAutoRequest();
      responses.setOnReadyHandler(this::drain);
      responses.setOnCancelHandler(this::gone);
      responses.request(1);
    }

    private void drain() {
      ExecutorLink open = link;
      if (open != null) {
        open.drain();
      }
    }

    @Override
    public void onNext(ExecutorMessage message) {
      try {
        ExecutorLink open = link;
        if (open == null) {
          join(message);
        } else {
          OwnerEvent event = ExecutorEvents.of(open.executor(), message);
          loop.post(() -> dispatcher.said(open, event, message));
        }
        responses.request(1);
      } catch (StatusRuntimeException e) {
        refuse(e);
      } catch (IllegalArgumentException e) {
        refuse(ReapiStatus.invalidArgument(String.valueOf(e.getMessage())));
      }
    }

    private void join(ExecutorMessage message) {
      if (!message.hasHello()) {
        throw ReapiStatus.invalidArgument(
            "the first message of an executor is Hello, not " + message.getMessageCase());
      }
      Hello hello = message.getHello();
      OwnerEvent.ExecutorJoined joined = rules.check(hello);
      ExecutorLink open = new ExecutorLink(joined.executor(), responses);
      link = open;
      loop.post(() -> dispatcher.joined(open, joined, hello.getHeldList()));
    }

    private void refuse(StatusRuntimeException why) {
      ExecutorLink open = link;
      ExecutorId executor = open == null ? null : open.executor();
      log.atWarn()
          .addKeyValue("executor", executor == null ? "unknown" : executor.name())
          .addKeyValue("reason", why.getStatus().getDescription())
          .log("Executor refused");
      if (open == null) {
        responses.onError(why);
      } else {
        open.close(why);
        gone();
      }
    }

    @Override
    public void onError(Throwable failure) {
      gone();
    }

    @Override
    public void onCompleted() {
      ExecutorLink open = link;
      if (open == null) {
        responses.onCompleted();
      } else {
        open.close(ReapiStatus.unavailable("the executor has closed its side of the stream"));
      }
      gone();
    }

    private void gone() {
      ExecutorLink open = link;
      if (open != null) {
        loop.post(() -> dispatcher.gone(open));
      }
    }
  }
}
