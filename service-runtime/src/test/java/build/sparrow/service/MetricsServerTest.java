package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
  void tellsTheKubeletHowTheProcessStands() throws Exception {
    AtomicReference<Optional<String>> obstacle = new AtomicReference<>(Optional.empty());
    AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());
    ProcessHealth health =
        new ProcessHealth() {
          @Override
          public Optional<String> obstacle() {
            return obstacle.get();
          }

          @Override
          public Optional<String> fault() {
            return fault.get();
          }
        };
    try (MetricsServer server = MetricsServer.start(Endpoint.loopback(0), health)) {
      assertThat(ask(server, "/livez")).isEqualTo("200 ok\n");
      assertThat(ask(server, "/readyz")).isEqualTo("200 ok\n");

      obstacle.set(Optional.of("no frontend has answered yet"));

      assertThat(ask(server, "/readyz")).isEqualTo("503 no frontend has answered yet\n");
      assertThat(ask(server, "/livez")).isEqualTo("200 ok\n");

      fault.set(Optional.of("the scheduler hangs"));

      assertThat(ask(server, "/livez")).isEqualTo("503 the scheduler hangs\n");
    }
  }

  private static String ask(MetricsServer server, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://" + server.endpoint() + path);
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
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
