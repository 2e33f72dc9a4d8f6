package build.sparrow.service;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sends what libraries write to java.util.logging, gRPC above all, where our own log lines go. */
public final class LogBridge {
  private LogBridge() {}

  /** To be called once, first in {@code main}. */
  public static void install() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }
}
