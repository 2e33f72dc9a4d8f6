package build.sparrow.operator;

import build.sparrow.operator.process.OperatorConfig;
import build.sparrow.operator.process.OperatorProcess;
import build.sparrow.service.LogBridge;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the operator until SIGTERM; its README lists the environment variables. */
public final class OperatorMain {
  private static final Logger log = LoggerFactory.getLogger(OperatorMain.class);
  private static final int CANNOT_START = 1;
  private static final int MISCONFIGURED = 2;

  private OperatorMain() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    LogBridge.install();
    OperatorConfig config;
    try {
      config = OperatorConfig.of(System.getenv());
    } catch (IllegalArgumentException e) {
      log.atError().addKeyValue("mistakes", e.getMessage()).log("The operator cannot start");
      System.exit(MISCONFIGURED);
      return;
    }
    try {
      run(config);
    } catch (Exception e) {
      log.atError().setCause(e).log("The operator cannot start");
      System.exit(CANNOT_START);
    }
  }

  private static void run(OperatorConfig config) throws Exception {
    OperatorProcess process =
        OperatorProcess.start(
            config,
            new KubernetesClientBuilder().build(),
            Clock.systemUTC(),
            () -> Runtime.getRuntime().halt(CANNOT_START));
    Runtime.getRuntime().addShutdownHook(new Thread(process::close, "shutdown"));
    new CountDownLatch(1).await(); // The hook ends the process.
  }
}
