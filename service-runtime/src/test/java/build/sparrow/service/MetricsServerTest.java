package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

final class MetricsServerTest {
  @Test
  void servesTheMetricsOfTheProcess() throws Exception {
    try (MetricsServer server = MetricsServer.start(Endpoint.loopback(0));
        HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + server.endpoint() + "/metrics");

      String text =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();

      assertThat(text).contains("jvm_memory_bytes_used").contains("process_cpu_seconds_total");
    }
  }

  @Test
  void saysWhatToDo_whenThePortIsInUse() throws Exception {
    try (MetricsServer server = MetricsServer.start(Endpoint.loopback(0))) {
      assertThatThrownBy(() -> MetricsServer.start(server.endpoint()))
          .hasMessageContaining("Cannot serve metrics on 127.0.0.1:" + server.port())
          .hasMessageContaining("choose another metrics port");
    }
  }
}
