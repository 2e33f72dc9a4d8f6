package build.sparrow.scheduling.sim.compare;

import build.sparrow.scheduling.executor.ExecutorEvent;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A stream in order; what is said at one moment in one direction travels as one message. */
final class ShippedStream {
  final ShippedExecutor executor;
  final ShippedFrontend frontend;
  private final Shipped farm;
  private final Direction<OwnerEvent> toFrontend;
  private final Direction<ExecutorEvent> toExecutor;

  ShippedStream(Shipped farm, ShippedExecutor executor, ShippedFrontend frontend) {
    this.farm = farm;
    this.executor = executor;
    this.frontend = frontend;
    toFrontend = new Direction<>(farm, frontend::receive);
    toExecutor = new Direction<>(farm, executor::receive);
  }

  /** One end is gone: nothing arrives any more, and the other end hears of it. */
  void close(Consumer<ShippedStream> other) {
    toFrontend.open = false;
    toExecutor.open = false;
    farm.run.timeline.after(farm.run.hop(), () -> other.accept(this));
  }

  /** With a message that is a heartbeat, a frame that holds nothing else is not counted. */
  void toFrontend(OwnerEvent message, boolean heartbeat) {
    toFrontend.send(message, heartbeat);
  }

  void toExecutor(ExecutorEvent message) {
    toExecutor.send(message, false);
  }

  private static final class Direction<M> {
    private final Shipped farm;
    private final Consumer<M> receiver;
    private long lastArrivalNanos;
    private long sentAtNanos = -1;
    private boolean onlyHeartbeats;
    private List<M> underWay = new ArrayList<>();
    private boolean open = true;

    Direction(Shipped farm, Consumer<M> receiver) {
      this.farm = farm;
      this.receiver = receiver;
    }

    void send(M message, boolean heartbeat) {
      Timeline timeline = farm.run.timeline;
      if (sentAtNanos != timeline.now()) {
        sentAtNanos = timeline.now();
        onlyHeartbeats = true;
        List<M> frame = new ArrayList<>();
        underWay = frame;
        lastArrivalNanos = Math.max(lastArrivalNanos, timeline.now() + farm.run.hop());
        timeline.at(lastArrivalNanos, () -> arrive(frame));
      }
      if (onlyHeartbeats && !heartbeat) {
        onlyHeartbeats = false;
        farm.messages++;
      }
      underWay.add(message);
    }

    private void arrive(List<M> frame) {
      if (open) {
        frame.forEach(receiver);
      }
    }
  }
}
