package build.sparrow.cas.replica;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.OptionalInt;

/** The epoch of the placement that a call goes by. Calls between shards go by none. */
public final class EpochHeader {
  private static final Metadata.Key<String> KEY =
      Metadata.Key.of("sparrow-epoch", Metadata.ASCII_STRING_MARSHALLER);

  private EpochHeader() {}

  /** The channel, for calls that go by that epoch. */
  static Channel attach(Channel channel, int epoch) {
    Metadata headers = new Metadata();
    headers.put(KEY, Integer.toString(epoch));
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /**
   * The epoch that a call goes by.
   *
   * @throws NumberFormatException if what is named is no number
   */
  public static OptionalInt of(Metadata headers) {
    String epoch = headers.get(KEY);
    return epoch == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(epoch));
  }
}
