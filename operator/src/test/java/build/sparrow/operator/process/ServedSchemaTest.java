package build.sparrow.operator.process;

import static org.assertj.core.api.Assertions.assertThat;

import build.sparrow.operator.ApplyingApiServer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ServedSchemaTest {
  @SuppressWarnings("NullAway.Init")
  private ApplyingApiServer server;

  @SuppressWarnings("NullAway.Init")
  private ServedSchema schema;

  @BeforeEach
  void start() throws IOException {
    server = ApplyingApiServer.start();
    schema = new ServedSchema(server.client());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clusterWithoutTheKindsIsToldWhatToInstall() {
    assertThat(schema.lack().orElseThrow())
        .startsWith("The cluster does not know the kinds of sparrow.build; install the CRDs");
  }

  @Test
  void ourOwnKindsAndNewerOnesAreAccepted() throws IOException {
    ObjectNode newer = ServedSchemas.current();
    ServedSchemas.properties(newer, "BuildFarm", "spec").putObject("later");
    server.serveSchemas(newer);

    assertThat(schema.lack()).isEmpty();
  }

  @Test
  void olderKindIsNamed_withWhatItLacks() throws IOException {
    ObjectNode older = ServedSchemas.current();
    ObjectNode spec = ServedSchemas.properties(older, "BuildFarm", "spec");
    ((ObjectNode) spec.at("/executorPools/items/properties/autoscaling/properties"))
        .remove("schedules");
    ServedSchemas.properties(older, "BuildFarm", "status").remove("bazelrc");
    server.serveSchemas(older);

    assertThat(schema.lack().orElseThrow())
        .startsWith(
            "The cluster's BuildFarm is older than this operator, it lacks"
                + " spec.executorPools.autoscaling.schedules, status.bazelrc; install the CRDs");
  }
}
