package build.sparrow.frontend.admission;

import build.bazel.remote.execution.v2.Action;
import build.bazel.remote.execution.v2.Command;
import build.sparrow.reapi.PlatformKey;
import build.sparrow.reapi.ReapiStatus;
import build.sparrow.scheduling.Amount;
import build.sparrow.scheduling.PropertyMatch;
import build.sparrow.scheduling.PropertyRules;

/** What an action asks of its executor must make sense; whether a pool has it is not asked here. */
record PlatformCheck(PropertyRules properties) {
  /**
   * The action's platform.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the property
   */
  PlatformKey platformOf(Action action, Command command) {
    // Clients before 2.2 put the platform into the Command.
    PlatformKey platform =
        PlatformKey.parse(action.hasPlatform() ? action.getPlatform() : command.getPlatform());
    platform.properties().forEach(this::check);
    return platform;
  }

  private void check(PlatformKey.Property property) {
    if (property.name().isBlank()) {
      throw ReapiStatus.invalidArgument(
          "platform property with value %s has a blank name; give it a name or leave it out"
              .formatted(ReapiStatus.quote(property.value())));
    }
    if (properties.match(property.name()) == PropertyMatch.MINIMUM
        && Amount.parse(property.value()).isEmpty()) {
      throw ReapiStatus.invalidArgument(
          "platform property %s is %s, but this farm counts it; give an amount as 4, 500m or 16Gi"
              .formatted(ReapiStatus.quote(property.name()), ReapiStatus.quote(property.value())));
    }
  }
}
