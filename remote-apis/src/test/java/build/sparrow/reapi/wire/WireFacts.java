package build.sparrow.reapi.wire;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All that a proto file says about the wire, one fact a line, names fully qualified. */
final class WireFacts {
  private final List<String> lines = new ArrayList<>();

  private WireFacts() {}

  static List<String> of(FileDescriptor file) {
    WireFacts facts = new WireFacts();
    file.getServices().forEach(service -> service.getMethods().forEach(facts::addMethod));
    file.getMessageTypes().forEach(facts::addMessage);
    file.getEnumTypes().forEach(facts::addEnum);
    return facts.lines;
  }

  private void addMethod(MethodDescriptor method) {
    lines.add(
        "rpc %s %s%s %s%s"
            .formatted(
                method.getFullName(),
                method.isClientStreaming() ? "stream " : "",
                method.getInputType().getFullName(),
                method.isServerStreaming() ? "stream " : "",
                method.getOutputType().getFullName()));
  }

  private void addMessage(Descriptor message) {
    lines.add("message " + message.getFullName());
    message.getFields().forEach(this::addField);
    message
        .toProto()
        .getReservedRangeList()
        .forEach(
            range -> {
              for (int number = range.getStart(); number < range.getEnd(); number++) {
                lines.add("reserved %s %d".formatted(message.getFullName(), number));
              }
            });
    message.getNestedTypes().forEach(this::addMessage);
    message.getEnumTypes().forEach(this::addEnum);
  }

  private void addField(FieldDescriptor field) {
    lines.add(
        "field %s %d %s%s%s"
            .formatted(
                field.getFullName(),
                field.getNumber(),
                field.isRepeated() ? "repeated " : "",
                typeOf(field),
                field.getContainingOneof() == null
                    ? ""
                    : " oneof " + field.getContainingOneof().getName()));
  }

  private static String typeOf(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
          field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private void addEnum(EnumDescriptor type) {
    type.getValues()
        .forEach(
            value ->
                lines.add(
                    "value %s %s %d"
                        .formatted(type.getFullName(), value.getName(), value.getNumber())));
  }
}
