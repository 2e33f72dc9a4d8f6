package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ServiceGroupTest {
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final ServiceGroup group = new ServiceGroup(new RecordingProgress());

  @Test
  void stopsInReverseOrder() throws Exception {
    for (String name : List.of("shard", "frontend", "executor")) {
      group.start(name, () -> () -> events.add("close " + name));
    }

    group.close();

    assertThat(events)
        .containsExactly(
            "stopping executor",
            "close executor",
            "stopped executor",
            "stopping frontend",
            "close frontend",
            "stopped frontend",
            "stopping shard",
            "close shard",
            "stopped shard");
  }

  @Test
  void stopsTheOthers_whenOneFailsAndOneHangs() throws Exception {
    group.start("shard", () -> () -> events.add("close shard"));
    group.start("hanging", Duration.ofMillis(20), () -> () -> new CountDownLatch(1).await());
    group.start(
        "failing",
        () ->
            () -> {
              throw new IOException("disk gone");
            });

    group.close();

    assertThat(events)
        .containsExactly(
            "stopping failing",
            "stopped failing: disk gone",
            "stopping hanging",
            "stopped hanging: hanging did not stop within 20 ms and was left behind",
            "stopping shard",
            "close shard",
            "stopped shard");
  }

  @Test
  void passesOnTheFailureToStart_andStopsWhatRan() throws Exception {
    group.start("shard", () -> () -> events.add("close shard"));

    assertThatThrownBy(
            () ->
                group.start(
                    "frontend",
                    () -> {
                      throw new IOException("port in use");
                    }))
        .hasMessage("port in use");
    group.close();

    assertThat(events).containsExactly("stopping shard", "close shard", "stopped shard");
  }

  @Test
  void closesEachServiceOnce_whenClosedTwice() throws Exception {
    group.start("shard", () -> () -> events.add("close shard"));

    group.close();
    group.close();

    assertThat(events).containsOnlyOnce("close shard");
  }

  private final class RecordingProgress implements ServiceGroup.Progress {
    @Override
    public void stopping(String service) {
      events.add("stopping " + service);
    }

    @Override
    public void stopped(String service, @Nullable Exception failure) {
      events.add("stopped " + service + (failure == null ? "" : ": " + failure.getMessage()));
    }
  }
}
