package build.sparrow.cli;

import build.sparrow.service.ProcessHealth;
import java.util.Optional;

/** How a process stands that has one role: it starts, then is as its role says, then stops. */
final class RoleHealth implements ProcessHealth {
  private volatile ProcessHealth now = () -> Optional.of("it is starting");

  /** From now on the role says. */
  void running(ProcessHealth role) {
    now = role;
  }

  /** From now on nobody shall send it anything new. */
  void stopping() {
    now = () -> Optional.of("it is stopping");
  }

  @Override
  public Optional<String> obstacle() {
    return now.obstacle();
  }

  @Override
  public Optional<String> fault() {
    return now.fault();
  }
}
