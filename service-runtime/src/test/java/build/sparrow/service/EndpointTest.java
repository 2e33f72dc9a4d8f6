package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class EndpointTest {
  @Test
  void readsHostAndPort_withAndWithoutScheme() {
    assertThat(Endpoint.parse("127.0.0.1:8980")).isEqualTo(new Endpoint("127.0.0.1", 8980));
    assertThat(Endpoint.parse("grpc://farm.example:0")).isEqualTo(new Endpoint("farm.example", 0));
    assertThat(Endpoint.parse("grpc://[::1]:8980")).isEqualTo(new Endpoint("::1", 8980));
  }

  @Test
  void printsWhatItReads() {
    assertThat(Endpoint.parse("grpc://[::1]:8980").uri()).isEqualTo("grpc://[::1]:8980");
    assertThat(Endpoint.loopback(8980)).hasToString("127.0.0.1:8980");
  }

  @Test
  void saysWhatIsWrong_whenTextIsNoEndpoint() {
    Map.of(
            "8980", "the port is missing",
            ":8980", "the host is missing",
            "host:", "the port is not a number",
            "host:http", "the port is not a number",
            "host:70000", "the port is not in 0 to 65535",
            "::1:8980", "an IPv6 address needs brackets",
            "https://host:443", "the scheme is not grpc")
        .forEach(
            (text, why) ->
                assertThatThrownBy(() -> Endpoint.parse(text))
                    .hasMessageContaining("\"" + text + "\"")
                    .hasMessageContaining(why)
                    .hasMessageContaining("host:port"));
  }
}
