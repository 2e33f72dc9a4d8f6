package build.sparrow.frontend.scheduling;

import build.sparrow.scheduling.v1.FrontendMessage;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream to an executor that reads or does not, as told. */
final class RecordingStream extends ServerCallStreamObserver<FrontendMessage> {
  final List<FrontendMessage> messages = new ArrayList<>();
  @Nullable Throwable failure;
  boolean ready = true;

  @Override
  public void onNext(FrontendMessage message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable why) {
    failure = why;
  }

  @Override
  public void onCompleted() {}

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
