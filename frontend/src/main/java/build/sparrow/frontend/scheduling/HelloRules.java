package build.sparrow.frontend.scheduling;

import build.sparrow.reapi.PlatformKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.ExecutorId;
import build.sparrow.scheduling.Platform;
import build.sparrow.scheduling.owner.HeldAttempt;
import build.sparrow.scheduling.owner.OwnerEvent;
import build.sparrow.scheduling.owner.PoolDeclaration;
import build.sparrow.scheduling.v1.Hello;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What an executor must say to be let in. */
final class HelloRules {
  /** Longest name of an executor or an operation, in characters. */
  private static final int MAX_NAME_LENGTH = 256;

  /** More slots than any machine has use for; what is beyond is a mistake. */
  private static final int MAX_SLOTS = 4096;

  private final List<PoolDeclaration> pools;

  HelloRules(List<PoolDeclaration> pools) {
    this.pools = List.copyOf(pools);
  }

  /**
   * Checks an executor's first message.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming what is wrong, for the executor
   *     to log
   */
  OwnerEvent.ExecutorJoined check(Hello hello) {
    ExecutorId executor =
        new ExecutorId(
            name("executor name", hello.getName()),
            name("executor incarnation", hello.getIncarnation()));
    Platform platform = Wire.platform(PlatformKey.parse(hello.getPlatform()));
    checkPool(executor, hello.getPool(), platform);
    int slots = hello.getSlots();
    if (slots < 1 || slots > MAX_SLOTS) {
      throw ReapiStatus.invalidArgument(
          "executor %s has %s slots; give 1 to %d"
              .formatted(executor.name(), Integer.toUnsignedString(slots), MAX_SLOTS));
    }
    return new OwnerEvent.ExecutorJoined(
        executor,
        hello.getPool(),
        platform,
        isolationLevel(executor, hello.getIsolationLevel()),
        slots,
        hello.getDraining(),
        held(hello.getHeldList()));
  }

  /**
   * Checks what an executor says that it holds.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming what is wrong
   */
  static List<HeldAttempt> held(List<build.sparrow.scheduling.v1.HeldAttempt> attempts) {
    List<HeldAttempt> held = new ArrayList<>();
    for (var attempt : attempts) {
      name("operation of a held attempt", attempt.getAction().getOperation());
      Submission submission = Submission.of(attempt.getAction());
      held.add(
          new HeldAttempt(
              Wire.attempt(attempt.getAttempt()),
              submission.operation(),
              submission.action(),
              submission.platform(),
              submission.envelope().getPriority(),
              submission.mergeable(),
              Wire.phase(attempt.getPhase())));
    }
    return held;
  }

  private void checkPool(ExecutorId executor, String name, Platform platform) {
    Optional<PoolDeclaration> pool = pools.stream().filter(p -> p.name().equals(name)).findFirst();
    if (pool.isEmpty()) {
      throw ReapiStatus.invalidArgument(
          "executor %s says its pool is %s, which this farm does not have; its pools are: %s"
              .formatted(
                  executor.name(),
                  ReapiStatus.quote(name),
                  pools.stream().map(PoolDeclaration::name).collect(Collectors.joining(", "))));
    }
    if (!pool.get().platform().equals(platform)) {
      throw ReapiStatus.invalidArgument(
          "executor %s has the platform \"%s\", but its pool %s declares \"%s\"; restart it with the pool's"
              .formatted(executor.name(), platform, name, pool.get().platform()));
    }
  }

  private static String isolationLevel(ExecutorId executor, String level) {
    if (level.length() > MAX_NAME_LENGTH) {
      throw ReapiStatus.invalidArgument(
          "the isolation level of executor %s has %d characters; give at most %d"
              .formatted(executor.name(), level.length(), MAX_NAME_LENGTH));
    }
    return level;
  }

  private static String name(String what, String name) {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
      throw ReapiStatus.invalidArgument(
          "%s is %s; give 1 to %d characters"
              .formatted(what, ReapiStatus.quote(name), MAX_NAME_LENGTH));
    }
    return name;
  }
}
