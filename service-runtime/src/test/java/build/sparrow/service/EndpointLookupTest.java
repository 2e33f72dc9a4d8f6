package build.sparrow.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EndpointLookupTest {
  private static final Endpoint A = new Endpoint("10.0.0.1", 8980);
  private static final Endpoint B = new Endpoint("10.0.0.2", 8980);

  private final ScriptedDirectory directory = new ScriptedDirectory();
  private final BlockingQueue<Set<Endpoint>> told = new LinkedBlockingQueue<>();

  /** Answers what the test gives it, one answer a question; an empty set is a failure. */
  private static final class ScriptedDirectory implements EndpointDirectory {
    private final SynchronousQueue<Set<Endpoint>> answers = new SynchronousQueue<>();

    @Override
    public Set<Endpoint> endpoints() throws IOException {
      try {
        Set<Endpoint> answer = answers.take();
        if (answer.isEmpty()) {
          throw new IOException("no such name");
        }
        return answer;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    void answer(Endpoint... endpoints) throws InterruptedException {
      answers.put(Set.of(endpoints));
    }
  }

  @Test
  void tellsEachChangeOnce_andKeepsWhatIsKnownWhileItCannotLookUp() throws Exception {
    try (EndpointLookup _ = EndpointLookup.start(directory, Duration.ofMillis(1), told::add)) {
      directory.answer(A);
      directory.answer(A);
      directory.answer();
      directory.answer(A, B);
      directory.answer(B);
      // The one before has been told of once the next is asked for.
      directory.answer(B);

      assertThat(told.poll(10, TimeUnit.SECONDS)).containsExactly(A);
      assertThat(told.poll(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder(A, B);
      assertThat(told.poll(10, TimeUnit.SECONDS)).containsExactly(B);
      assertThat(told).isEmpty();
    }
  }

  @Test
  void everyAddressOfANameIsAnEndpoint() throws Exception {
    assertThat(new DnsEndpoints(new Endpoint("127.0.0.1", 8980)).endpoints())
        .containsExactly(new Endpoint("127.0.0.1", 8980));
  }
}
