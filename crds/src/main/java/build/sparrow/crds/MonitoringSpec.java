package build.sparrow.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import java.util.Map;

/** Who collects the farm's metrics. */
public record MonitoringSpec(
    @JsonPropertyDescription("The PodMonitor by which the Prometheus operator finds the pods.")
        @Default("{}")
        PodMonitor podMonitor) {
  static final MonitoringSpec DEFAULTS = new MonitoringSpec(PodMonitor.DEFAULTS);

  public MonitoringSpec {
    podMonitor = Absent.or(podMonitor, PodMonitor.DEFAULTS);
  }

  /** The PodMonitor by which the Prometheus operator finds the farm's pods. */
  @JsonPropertyOrder({"mode", "intervalSeconds", "labels"})
  public record PodMonitor(
      @JsonPropertyDescription(
              "Auto makes one where the cluster has the kind PodMonitor; Disabled makes none.")
          @Default("Auto")
          Mode mode,
      @JsonPropertyDescription("How often each pod is asked, in seconds.")
          @Default("15")
          @Min(1)
          @Max(3600)
          Integer intervalSeconds,
      @JsonPropertyDescription("Labels by which a Prometheus chooses its PodMonitors.")
          @Default("{}")
          @Size(max = 32)
          Map<String, String> labels) {
    static final PodMonitor DEFAULTS = new PodMonitor(Mode.AUTO, 15, Map.of());

    public PodMonitor {
      mode = Absent.or(mode, Mode.AUTO);
      intervalSeconds = Absent.or(intervalSeconds, 15);
      labels = Map.copyOf(Absent.or(labels, Map.of()));
    }
  }

  /** Whether there is a PodMonitor. */
  public enum Mode {
    @JsonProperty("Auto")
    AUTO,
    @JsonProperty("Disabled")
    DISABLED
  }
}
