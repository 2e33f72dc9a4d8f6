package build.sparrow.e2e;

import build.bazel.remote.execution.v2.Digest;
import build.sparrow.e2e.client.ReapiClient;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** Clients that store blobs of all sizes and read back what any of them has stored. */
final class BlobLoad {
  private static final int CLIENTS = 3;
  private static final int MAX_SMALL_BYTES = 20_000;
  private static final int LARGE_BYTES = 3 << 20;
  private static final int LARGE_ONE_IN = 40;

  private final ReapiClient client;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Digest> stored = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> readNanos = Collections.synchronizedList(new ArrayList<>());

  /** How long reads took. */
  record Latencies(int reads, long p50Micros, long p99Micros, long maxMillis) {}

  private BlobLoad(ReapiClient client) {
    this.client = client;
  }

  static BlobLoad start(ReapiClient client) {
    BlobLoad load = new BlobLoad(client);
    for (int i = 0; i < CLIENTS; i++) {
      Random random = new Random(i);
      load.threads.add(Thread.ofVirtual().start(() -> load.work(random)));
    }
    return load;
  }

  private void work(Random random) {
    try {
      while (!stopped.get()) {
        byte[] bytes =
            new byte
                [random.nextInt(LARGE_ONE_IN) == 0
                    ? LARGE_BYTES
                    : 1 + random.nextInt(MAX_SMALL_BYTES)];
        random.nextBytes(bytes);
        Digest digest = client.put(ByteString.copyFrom(bytes));
        stored.add(digest);
        if (!client.has(digest)) {
          throw new AssertionError(digest + " was stored and is missing");
        }
        for (int i = 0; i < 4; i++) {
          Digest any = stored.get(random.nextInt(stored.size()));
          long start = System.nanoTime();
          read(any);
          readNanos.add(System.nanoTime() - start);
        }
      }
    } catch (RuntimeException | AssertionError e) {
      failures.add(e);
    }
  }

  private void read(Digest digest) {
    if (!ReapiClient.digestOf(client.read(digest)).equals(digest)) {
      throw new AssertionError("Other bytes were read than those of " + digest);
    }
  }

  /** Lets it go on for a while. */
  void run(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  /** Those since this was asked last. */
  Latencies latencies() {
    List<Long> sorted;
    synchronized (readNanos) {
      sorted = new ArrayList<>(readNanos);
      readNanos.clear();
    }
    Collections.sort(sorted);
    return new Latencies(
        sorted.size(),
        sorted.get(sorted.size() / 2) / 1_000,
        sorted.get(sorted.size() * 99 / 100) / 1_000,
        sorted.getLast() / 1_000_000);
  }

  void stop() throws InterruptedException {
    stopped.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Calls that failed. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** How many blobs were acknowledged. */
  int stored() {
    return stored.size();
  }

  void assertAllCanBeRead() {
    List.copyOf(stored).forEach(this::read);
  }
}
