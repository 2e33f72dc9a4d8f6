package build.sparrow.service;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A service of one method from bytes to a stream of bytes, without generated code. */
final class ByteMethods {
  private static final Marshaller<byte[]> BYTES =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<byte[], byte[]> STREAM =
      MethodDescriptor.newBuilder(BYTES, BYTES)
          .setType(MethodType.SERVER_STREAMING)
          .setFullMethodName("test.Bytes/Stream")
          .build();

  private ByteMethods() {}

  static BindableService serving(ServerCalls.ServerStreamingMethod<byte[], byte[]> method) {
    return () ->
        ServerServiceDefinition.builder("test.Bytes")
            .addMethod(STREAM, ServerCalls.asyncServerStreamingCall(method))
            .build();
  }
}
