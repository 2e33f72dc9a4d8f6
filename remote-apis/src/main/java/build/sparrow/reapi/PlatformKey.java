package build.sparrow.reapi;

import build.bazel.remote.execution.v2.Platform;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an action asks of an executor, or what an executor offers: equal keys share a queue.
 *
 * @param properties sorted by name, then value, each pair once
 */
public record PlatformKey(List<Property> properties) {
  static final int MAX_PROPERTIES = 256;
  static final int MAX_LENGTH = 4096;

  private static final Comparator<Property> ORDER =
      Comparator.comparing(Property::name, Utf8Order.INSTANCE)
          .thenComparing(Property::value, Utf8Order.INSTANCE);

  /** The platform that asks for nothing. */
  public static final PlatformKey ANY = new PlatformKey(List.of());

  /** Sorts, and drops repeated pairs; a name with several values keeps them all. */
  public PlatformKey {
    properties = properties.stream().distinct().sorted(ORDER).toList();
  }

  /**
   * One name with one value.
   *
   * @param name not empty
   */
  public record Property(String name, String value) {
    /** Throws IllegalArgumentException for an empty name. */
    public Property {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("platform property has an empty name");
      }
    }

    @Override
    public String toString() {
      return name + "=" + value;
    }
  }

  /** The platform of a pool, from its configuration. */
  public static PlatformKey of(Map<String, String> properties) {
    return new PlatformKey(
        properties.entrySet().stream().map(e -> new Property(e.getKey(), e.getValue())).toList());
  }

  /**
   * Checks what a client sent; unsorted properties are accepted, since clients send them.
   *
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming the property
   */
  public static PlatformKey parse(Platform platform) {
    if (platform.getPropertiesCount() > MAX_PROPERTIES) {
      throw ReapiStatus.invalidArgument(
          "platform has %d properties: at most %d are allowed"
              .formatted(platform.getPropertiesCount(), MAX_PROPERTIES));
    }
    return new PlatformKey(
        platform.getPropertiesList().stream().map(PlatformKey::checked).toList());
  }

  private static Property checked(Platform.Property property) {
    if (property.getName().isEmpty()) {
      throw ReapiStatus.invalidArgument(
          "platform property with value %s has an empty name; give it a name or leave it out"
              .formatted(ReapiStatus.quote(property.getValue())));
    }
    if (property.getName().length() > MAX_LENGTH || property.getValue().length() > MAX_LENGTH) {
      throw ReapiStatus.invalidArgument(
          "platform property %s has %d characters of name and %d of value: at most %d of each are allowed"
              .formatted(
                  ReapiStatus.quote(property.getName()),
                  property.getName().length(),
                  property.getValue().length(),
                  MAX_LENGTH));
    }
    return new Property(property.getName(), property.getValue());
  }

  /** The canonical message on the wire. */
  public Platform toProto() {
    Platform.Builder platform = Platform.newBuilder();
    for (Property property : properties) {
      platform.addPropertiesBuilder().setName(property.name()).setValue(property.value());
    }
    return platform.build();
  }

  /** As {@code OSFamily=linux,cpu=x86_64}; empty for {@link #ANY}. */
  @Override
  public String toString() {
    return properties.stream().map(Property::toString).collect(Collectors.joining(","));
  }
}
